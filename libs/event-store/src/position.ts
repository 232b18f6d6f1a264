import type { StreamInfo } from '@nats-io/jetstream'
import type { Bus } from './bus.ts'
import { StreamBehindReadModel } from './errors.ts'
import { LogMessage } from './log-message.ts'
import { untilAnswered } from './until-answered.ts'

/** How far a stream has been read: the last message, and what it was. */
export interface Position {
  readonly sequence: number
  readonly identity: string
}

export const beginning: Position = { sequence: 0, identity: '' }

/**
 * Checks, at the stream's leader, that the stream still is the one that was read up to the position.
 * @throws StreamBehindReadModel when it ends before it, has another message there, or has lost what comes next.
 */
export async function checkPosition({ jsm }: Bus, stream: string, position: Position): Promise<void> {
  const { state, config } = await jsm.streams.info(stream)
  const { sequence, identity } = position
  const behind = (found: string): StreamBehindReadModel => new StreamBehindReadModel(stream, sequence, found)
  if (state.last_seq < sequence) throw behind(`the stream ends at ${state.last_seq}`)
  if (state.first_seq > sequence + 1 && keepsAll(config)) throw behind(`the stream begins at ${state.first_seq}`)
  // What was read may since have reached its age.
  if (sequence === 0 || sequence < state.first_seq) return
  const message = await jsm.streams.getMessage(stream, { seq: sequence })
  if (!message) throw behind('there is no message at that place')
  if (LogMessage.stored(stream, message).identity !== identity) throw behind('another message is at that place')
}

const keepsAll = ({ max_age, max_msgs, max_bytes }: StreamInfo['config']): boolean =>
  !max_age && !(max_msgs > 0) && !(max_bytes > 0)

/** The sequence of the newest message under any of the filters, from the stream's leader; 0 when there is none. */
export async function lastSequence(bus: Bus, stream: string, filters: readonly string[]): Promise<number> {
  const last = await Promise.all(
    filters.map((filter) => untilAnswered(bus, () => bus.jsm.streams.getMessage(stream, { last_by_subj: filter }))),
  )
  return Math.max(0, ...last.map((message) => message?.seq ?? 0))
}
