import { setTimeout as pause } from 'node:timers/promises'

export interface Patience {
  /** The deadline: 10,000 if not said. */
  withinMs?: number
  /** The pause between two looks: 20 if not said. */
  everyMs?: number
  /** Errors that waiting does not cure; they are thrown at once. None if not said. */
  hopeless?: (error: unknown) => boolean
}

/**
 * Looks at a fact again and again until it holds: resolves with the first result of `fact` that is neither `undefined`,
 * `null` nor `false`, while a throw counts as "not yet".
 *
 * @throws the last error of `fact`, or one that says what was last seen, once the deadline has passed.
 */
export async function eventually<T>(
  fact: () => T | Promise<T>,
  { withinMs = 10_000, everyMs = 20, hopeless = () => false }: Patience = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + withinMs
  for (;;) {
    let last: unknown
    try {
      const seen = await fact()
      if (seen !== undefined && seen !== null && seen !== false) return seen as NonNullable<Exclude<T, false>>
      last = new Error(`still ${String(seen)} after ${withinMs} ms`)
    } catch (error) {
      if (hopeless(error)) throw error
      last = error
    }
    if (performance.now() >= deadline) throw last
    await pause(everyMs)
  }
}
