import type { MsgHdrs } from '@nats-io/transport-node'
import { randomUUID } from 'node:crypto'
import { busHeaders } from './headers.ts'

/** What a request brings beside its content; a handler passes it on to whatever it asks in turn. */
export interface CallContext {
  /** The subject it came on. */
  readonly subject: string
  readonly actor: string
  readonly commandId: string
  /** After which nobody waits for the answer: milliseconds since the epoch, by this process's clock. */
  readonly deadlineAt: number
}

export function readCallContext(subject: string, headers: MsgHdrs | undefined, timeoutMs: number): CallContext {
  const asked = Number(headers?.get(busHeaders.timeout))
  return {
    subject,
    actor: headers?.get(busHeaders.actor) || 'anonymous',
    commandId: headers?.get(busHeaders.commandId) || randomUUID(),
    deadlineAt: Date.now() + (asked > 0 && asked < timeoutMs ? asked : timeoutMs),
  }
}
