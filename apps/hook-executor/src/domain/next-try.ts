import type { ErrorClass } from '@cartly/contracts'

/** What a try ended in, as far as it decides on another one. */
export interface TryEnded {
  readonly trigger: 'invoke' | 'event' | 'test' | 'replay'
  /** How many tries there were, this one included. */
  readonly tries: number
  readonly errorClass: ErrorClass | undefined
  /** The least that the service wants to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined
  /** Whether there is a way to find out what became of the step that failed. */
  readonly reconcilable: boolean
  /** Whether a step that must not be done twice has been done. */
  readonly wrote: boolean
  /** From 0 up to 1, for jitter. */
  readonly random: number
}

const second = 1_000
const minute = 60 * second
/** Between tries for a store event: about ten hours in all. */
const eventWaits = [
  5 * second,
  30 * second,
  2 * minute,
  10 * minute,
  30 * minute,
  60 * minute,
  180 * minute,
  360 * minute,
]
/** Between looks at what became of something: about an hour in all, after which a person has to look. */
const openWaits = [2 * second, 5 * second, 15 * second, minute, 5 * minute, 15 * minute, 45 * minute]

/**
 * How long until a run is tried again, in milliseconds; undefined when it has ended.
 * - A store event is delivered at least once: what fails in passing is tried again.
 * - An outcome that is not known is found out about.
 * - What has been begun and cannot be undone is finished: a label that was paid for is fetched, however long that takes.
 */
export function nextTryIn(ended: TryEnded): number | undefined {
  const waits = waitsFor(ended)
  const wait = waits[ended.tries - 1]
  if (wait === undefined) return undefined
  return Math.max(Math.round(wait * (1 + 0.2 * ended.random)), ended.retryAfterMs ?? 0)
}

function waitsFor({ errorClass, trigger, reconcilable, wrote }: TryEnded): readonly number[] {
  if (errorClass === 'unknown') return reconcilable ? openWaits : []
  if (errorClass !== 'transient') return []
  if (wrote) return openWaits
  return trigger === 'event' ? eventWaits : []
}
