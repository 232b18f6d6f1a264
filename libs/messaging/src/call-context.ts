import type { MsgHdrs } from '@nats-io/transport-node'
import { randomUUID } from 'node:crypto'
import { busHeaders } from './headers.ts'

/** What a request brings beside its content; a handler passes it on to whatever it asks in turn. */
export interface CallContext {
  /** The subject it came on. */
  readonly subject: string
  readonly actor: string
  readonly commandId: string
  /** Milliseconds since the epoch. */
  readonly deadlineAt: number
}

export function readCallContext(subject: string, headers: MsgHdrs | undefined, timeoutMs: number): CallContext {
  const deadline = Number(headers?.get(busHeaders.deadline))
  return {
    subject,
    actor: headers?.get(busHeaders.actor) || 'anonymous',
    commandId: headers?.get(busHeaders.commandId) || randomUUID(),
    deadlineAt: Number.isFinite(deadline) && deadline > 0 ? deadline : Date.now() + timeoutMs,
  }
}
