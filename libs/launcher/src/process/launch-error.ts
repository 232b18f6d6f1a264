/** Something outside the program stands in the way of a start: says what is wrong, and on a second line what to do. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError'

  constructor(what: string, todo: string, options?: ErrorOptions) {
    super(`${what}\n  → ${todo}`, options)
  }
}
