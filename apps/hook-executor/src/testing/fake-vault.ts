import { newId, vault, type LeaseContents, type LeaseRequest } from '@cartly/contracts'
import { seal } from '@cartly/vault-client'
import type { NatsConnection } from '@nats-io/transport-node'

/** Stands in for the vault where only what it lends matters. */
export interface FakeVault {
  /** Values by owner and purpose; none is `not_found`. */
  readonly credentials: Map<string, { version: number; values: Record<string, string> }>
  /** Every lease asked for, in order. */
  readonly asked: LeaseRequest['leases'][number][]
}

export function startFakeVault(nc: NatsConnection): FakeVault {
  const credentials: FakeVault['credentials'] = new Map()
  const asked: FakeVault['asked'] = []
  const credentialId = newId('cred')
  nc.subscribe(vault.leaseToExecutor.subject, {
    callback: (_, message) => {
      const { leases, publicKey, nonce } = message.json<LeaseRequest>()
      asked.push(...leases)
      const expiresAt = Date.now() + 60_000
      const contents: LeaseContents = leases.map(({ ownerId, purpose }) => {
        const found = credentials.get(`${ownerId} ${purpose}`)
        if (!found) return { error: { kind: 'not_found', code: 'not_found', message: 'no such credential' } }
        return {
          leaseId: newId('msg'),
          credentialId,
          ...found,
          older: [],
          expiresAt: new Date(expiresAt).toISOString(),
          validForMs: 60_000,
        }
      })
      const binding = { audience: 'hook-executor', subject: nonce, expiresAt }
      message.respond(JSON.stringify({ sealed: seal(JSON.stringify(contents), publicKey, binding) }))
    },
  })
  return { credentials, asked }
}
