import { newId, vault, type LeaseContents, type LeaseRequest, type Operation, type ResponseOf } from '@cartly/contracts'
import { seal } from '@cartly/vault-client'
import type { NatsConnection } from '@nats-io/transport-node'
import { generateKeyPairSync, randomBytes } from 'node:crypto'

/** The vault as far as webhooks ask it: makes, rotates and lends signing secrets. Kept in memory, in the clear. */
export interface StandInVault {
  /** An endpoint's secrets, the newest first. */
  secrets(endpointId: string): readonly string[]
  /** How many lease requests it has answered. */
  readonly leases: number
  /** From now on it does not answer, or does again. */
  away: boolean
}

export function standInVault(nc: NatsConnection): StandInVault {
  const secrets = new Map<string, { secret: string; validUntil: string | null }[]>()
  const state = { secrets: (id: string) => (secrets.get(id) ?? []).map(({ secret }) => secret), leases: 0, away: false }

  const serve = <O extends Operation>(operation: O, answer: (request: never) => Promise<ResponseOf<O>>): void => {
    nc.subscribe(operation.subject, {
      callback: (_, message) => {
        if (state.away) return
        void answer(message.json() as never).then((reply) => message.respond(JSON.stringify(reply)))
      },
    })
  }
  const add = (endpointId: string, signature: 'v1' | 'v1a', overlapUntil: string | null) => {
    const { secret, publicKey } = signature === 'v1' ? sharedSecret() : keyPair()
    const older = (secrets.get(endpointId) ?? []).map((each) => ({ ...each, validUntil: overlapUntil }))
    secrets.set(endpointId, [{ secret, validUntil: null }, ...older])
    return { version: older.length + 1, ...(publicKey === undefined ? {} : { publicKey }) }
  }

  serve(vault.createWebhookSecret, async (request: { endpointId: string; signature: 'v1' | 'v1a' }) => ({
    credentialId: newId('cred'),
    ...add(request.endpointId, request.signature, null),
  }))
  serve(
    vault.rotateWebhookSecret,
    async (request: { endpointId: string; signature: 'v1' | 'v1a'; overlapUntil: string }) =>
      add(request.endpointId, request.signature, request.overlapUntil),
  )
  serve(vault.leaseToDispatcher, async ({ leases, publicKey, nonce }: LeaseRequest) => {
    state.leases++
    const contents: LeaseContents = leases.map(({ ownerId }) => {
      const [present, ...older] = secrets.get(ownerId) ?? []
      if (!present) return { error: { kind: 'not_found', code: 'not_found', message: 'no such credential' } }
      return {
        leaseId: newId('msg'),
        credentialId: newId('cred'),
        version: older.length + 1,
        values: { secret: present.secret },
        older: older.flatMap(({ secret, validUntil }, index) =>
          validUntil && Date.parse(validUntil) > Date.now()
            ? [{ version: older.length - index, validUntil, values: { secret } }]
            : [],
        ),
        expiresAt: new Date(Date.now() + 60_000).toISOString(),
        validForMs: 60_000,
      }
    })
    const binding = { audience: 'webhook-dispatcher', subject: nonce, expiresAt: Date.now() + 60_000 }
    return { sealed: await seal(JSON.stringify(contents), publicKey, binding) }
  })
  return state
}

const sharedSecret = (): { secret: string; publicKey?: string } => ({
  secret: `whsec_${randomBytes(32).toString('base64')}`,
})

function keyPair(): { secret: string; publicKey: string } {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { d = '', x = '' } = privateKey.export({ format: 'jwk' })
  const [seed, point] = [d, x].map((part) => Buffer.from(part, 'base64url')) as [Buffer, Buffer]
  return {
    secret: `whsk_${Buffer.concat([seed, point]).toString('base64')}`,
    publicKey: `whpk_${point.toString('base64')}`,
  }
}
