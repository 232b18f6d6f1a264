import { AuditRecord, auditSubject, CartlyError, compileSchema } from '@cartly/contracts'
import type { JetStreamClient } from '@nats-io/jetstream'

export type AuditEntry = Omit<AuditRecord, 'at'>

const ACK_TIMEOUT_MS = 2_000

/** The record of who was lent which secret. What is not recorded does not happen. */
export class Audit {
  readonly #js: JetStreamClient

  constructor(js: JetStreamClient) {
    this.#js = js
  }

  /**
   * Records what is about to be done, all or nothing of it: returns once the stream has every entry.
   * @param request names the request, once and for all. The stream keeps a message id for two minutes, so the same
   * request, sent again or to another replica, is found out there.
   * @throws CartlyError `unavailable` when it cannot be recorded; `conflict`, code `replayed`, for a request seen before
   */
  async write(request: string, entries: readonly AuditEntry[]): Promise<void> {
    const at = new Date().toISOString()
    const acknowledged = await Promise.all(
      entries.map((entry, index) => {
        const record = compileSchema(AuditRecord).parse({ at, ...entry }, 'The audit record')
        const subject = auditSubject(entry.storeId, entry.credentialId)
        const options = { msgID: `${request}/${index}`, timeout: ACK_TIMEOUT_MS }
        return this.#js.publish(subject, JSON.stringify(record), options)
      }),
    ).catch((cause: unknown) => {
      const message = 'The audit cannot be written, so nothing is lent; try again'
      throw new CartlyError('unavailable', 'audit_unavailable', message, { cause, retryAfterMs: 1_000 })
    })
    if (acknowledged.some(({ duplicate }) => duplicate)) {
      throw new CartlyError('conflict', 'replayed', 'This request was made before; ask anew')
    }
  }
}
