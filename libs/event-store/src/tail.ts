import type { Bus } from './bus.ts'
import { StreamBehindReadModel } from './errors.ts'
import { follow } from './follow.ts'
import { LogMessage } from './log-message.ts'
import { pause } from './pause.ts'
import { beginning, type Position } from './position.ts'
import type { Source } from './source.ts'
import { untilAnswered } from './until-answered.ts'

export interface TailOptions<Record> {
  readonly bus: Bus
  readonly source: Source<Record>
  /** Told of each record once, in order. */
  readonly onRecord: (record: Record) => void
  readonly signal: AbortSignal
  /** Told of each failure before it is tried again, and of what cannot be read and is passed over: for the log. */
  readonly onTrouble?: (error: unknown) => void
}

const BATCH = 500
const RETRY_MS = 1_000

/**
 * Tells, in every replica, what is stored from now on, a moment after it is. Resolves once it has its place in the
 * stream; from there nothing is left out, whatever becomes of the connection.
 */
export async function tail<Record>(options: TailOptions<Record>): Promise<void> {
  void readOn(options, await endOf(options))
}

async function readOn<Record>(options: TailOptions<Record>, end: Position): Promise<void> {
  const { bus, source, onRecord, signal, onTrouble = () => undefined } = options
  const { stream, filters } = source
  let after = end
  while (!signal.aborted && !bus.nc.isClosed()) {
    try {
      for await (const { messages } of follow(bus, { stream, filters, after, batchSize: BATCH, signal, onTrouble })) {
        for (const message of messages) {
          after = message
          onRecord(source.decode(message))
        }
      }
    } catch (error) {
      onTrouble(error)
      await pause(RETRY_MS, signal)
      // The stream was put back to another past: what is new there is what comes from now on.
      if (error instanceof StreamBehindReadModel) after = await endOf(options).catch(() => beginning)
    }
  }
}

/** The newest message that the source is about. */
async function endOf<Record>({ bus, source: { stream, filters } }: TailOptions<Record>): Promise<Position> {
  const newest = await Promise.all(
    filters.map((filter) => untilAnswered(bus, () => bus.jsm.streams.getMessage(stream, { last_by_subj: filter }))),
  )
  const [last] = newest.filter((message) => message !== null).toSorted((one, other) => other.seq - one.seq)
  return last ? LogMessage.stored(stream, last) : beginning
}
