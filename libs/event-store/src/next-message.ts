import type { Bus } from './bus.ts'
import { LogMessage } from './log-message.ts'
import { untilAnswered } from './until-answered.ts'

/**
 * The first message of a subject at or after a sequence, asked of the stream's leader: it knows what is acknowledged,
 * a replica may not yet.
 */
export async function nextMessage(
  bus: Bus,
  stream: string,
  subject: string,
  from: number,
): Promise<LogMessage | undefined> {
  const query = { seq: from, next_by_subj: subject }
  const message = await untilAnswered(bus, () => bus.jsm.streams.getMessage(stream, query))
  return message ? LogMessage.stored(stream, message) : undefined
}
