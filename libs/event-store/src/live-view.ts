import type { Bus } from './bus.ts'
import { StreamBehindReadModel } from './errors.ts'
import { follow } from './follow.ts'
import { Gate } from './gate.ts'
import type { LogBatch } from './in-batches.ts'
import { pause } from './pause.ts'
import { beginning, lastSequence, type Position } from './position.ts'
import type { Source } from './source.ts'

export interface LiveViewOptions<View, Record> {
  readonly bus: Bus
  readonly source: Source<Record>
  /** An empty view. */
  initial(): View
  /** Takes one more record into the view, which it may change in place and return. */
  apply(view: View, record: Record): View
  /** Told of each failure before it is tried again: for the log. */
  readonly onTrouble?: (error: unknown) => void
}

/** A read model in memory, in every replica: what a stream says from its beginning, and from then on as it happens. */
export interface LiveView<View> {
  /**
   * Ask for it each time: when the stream was put back to another past, it is read again from its beginning, and what
   * comes of that takes the place of the old view once it is complete.
   */
  readonly current: View
  /** The last sequence that is in it. */
  readonly sequence: number
  /** What keeps it from going on, while something does. */
  readonly failure: Error | undefined
  /** Begins; returns at once. */
  start(): void
  /** Resolves once it holds all that the stream held when it began. */
  ready(): Promise<void>
  /** True once it holds the message of this sequence; false after `timeoutMs`. */
  passed(sequence: number, timeoutMs: number): Promise<boolean>
  /**
   * Waits until it holds all that is stored now: before saying that something is not there.
   * @returns false when that takes longer than `timeoutMs`.
   */
  catchUp(timeoutMs: number): Promise<boolean>
  stop(): Promise<void>
}

const BATCH = 1_000
const MAX_BACKOFF_MS = 2_000

export function createLiveView<View, Record>(options: LiveViewOptions<View, Record>): LiveView<View> {
  const { bus, source, onTrouble = () => undefined } = options
  const stopping = new AbortController()
  const gate = new Gate()
  const ready = Promise.withResolvers<void>()
  let view = options.initial()
  /** What is shown: the view, unless that is being read again. */
  let shown = { view, sequence: 0 }
  let readAgain = false
  let position: Position = beginning
  let failure: Error | undefined
  let failures = 0
  let running: Promise<void> | undefined

  const show = (): void => {
    shown = { view, sequence: position.sequence }
    gate.pass(position.sequence)
  }

  const take = ({ messages, pending }: LogBatch): void => {
    try {
      for (const message of messages) {
        view = options.apply(view, source.decode(message))
        position = message
      }
    } finally {
      if (!readAgain) show()
    }
    failure = undefined
    failures = 0
    if (pending > 0) return
    readAgain = false
    show()
    ready.resolve()
  }

  const run = async (): Promise<void> => {
    const { signal } = stopping
    while (!signal.aborted && !bus.nc.isClosed()) {
      const { sequence, identity } = position
      try {
        const { stream, filters } = source
        const after = { sequence, identity }
        for await (const batch of follow(bus, { stream, filters, after, batchSize: BATCH, signal, onTrouble }))
          take(batch)
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error))
        onTrouble(error)
        if (error instanceof StreamBehindReadModel) {
          view = options.initial()
          position = beginning
          readAgain = true
        }
        await pause(Math.min(100 * 2 ** failures++, MAX_BACKOFF_MS), signal)
      }
    }
  }

  return {
    get current() {
      return shown.view
    },
    get sequence() {
      return shown.sequence
    },
    get failure() {
      return failure
    },
    start: () => void (running ??= run()),
    ready: () => ready.promise,
    passed: (sequence, timeoutMs) => gate.wait(sequence, timeoutMs),
    async catchUp(timeoutMs) {
      const last = await lastSequence(bus, source.stream, source.filters)
      return gate.wait(last, timeoutMs)
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}
