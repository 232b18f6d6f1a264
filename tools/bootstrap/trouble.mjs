/** Something is wrong that the person at the terminal can put right: one line says what, one what to do. */
export class Trouble extends Error {
  constructor(what, todo) {
    super(`${what}\n  → ${todo}`)
  }
}
