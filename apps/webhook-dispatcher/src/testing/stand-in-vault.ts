import {
  newId,
  vault,
  type LeaseContent,
  type LeaseContents,
  type LeaseRequest,
  type Operation,
  type RequestOf,
  type ResponseOf,
} from '@cartly/contracts'
import { createUnsealer, seal, sealedSubject, VAULT } from '@cartly/vault-client'
import type { NatsConnection } from '@nats-io/transport-node'
import { generateKeyPairSync, randomBytes } from 'node:crypto'

/** The vault as far as webhooks ask it: signing secrets and header values. Kept in memory, in the clear. */
export interface StandInVault {
  /** An endpoint's secrets, the newest first. */
  secrets(endpointId: string): readonly string[]
  /** An endpoint's own headers. */
  headers(endpointId: string): Readonly<Record<string, string>> | undefined
  /** How many lease requests it has answered. */
  readonly leases: number
  /** From now on it does not answer, or does again. */
  away: boolean
}

export function standInVault(nc: NatsConnection): StandInVault {
  const secrets = new Map<string, { secret: string; validUntil: string | null }[]>()
  const headers = new Map<string, Record<string, string>>()
  const unsealer = createUnsealer()
  /** Counted over all endpoints: it only matters which is the newest. */
  let headerVersions = 0
  const state = {
    secrets: (id: string) => (secrets.get(id) ?? []).map(({ secret }) => secret),
    headers: (id: string) => headers.get(id),
    leases: 0,
    away: false,
  }

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
  serve(vault.sealingKey, async () => ({
    publicKey: unsealer.publicKey,
    keyId: 'k1',
    validUntil: new Date(Date.now() + 3_600_000).toISOString(),
  }))
  serve(vault.putWebhookHeaders, async (request: RequestOf<typeof vault.putWebhookHeaders>) => {
    const { storeId, endpointId, names, sealed } = request
    const subject = sealedSubject({ storeId, ownerId: endpointId, purpose: 'webhook_headers' })
    const given = sealed ? JSON.parse(await unsealer.open(sealed, { audience: VAULT, subject })) : {}
    const values = { ...headers.get(endpointId), ...given } as Record<string, string>
    headers.set(endpointId, Object.fromEntries(names.map((name) => [name, values[name] ?? 'missing'])))
    return { version: ++headerVersions }
  })
  serve(vault.deleteWebhookHeaders, async ({ endpointId, version }: RequestOf<typeof vault.deleteWebhookHeaders>) => {
    if ((version ?? headerVersions) === headerVersions) headers.delete(endpointId)
    return {}
  })
  serve(vault.leaseToDispatcher, async ({ leases, publicKey, nonce }: LeaseRequest) => {
    state.leases++
    const contents: LeaseContents = leases.map(({ ownerId, purpose }) => {
      const values = headers.get(ownerId)
      if (purpose === 'webhook_headers' && values) return lent(1, values)
      const [present, ...older] = purpose === 'webhook_secret' ? (secrets.get(ownerId) ?? []) : []
      if (!present) return { error: { kind: 'not_found', code: 'not_found', message: 'no such credential' } }
      const live = older.flatMap(({ secret, validUntil }, index) =>
        validUntil && Date.parse(validUntil) > Date.now()
          ? [{ version: older.length - index, validUntil, values: { secret } }]
          : [],
      )
      return lent(older.length + 1, { secret: present.secret }, live)
    })
    const binding = { audience: 'webhook-dispatcher', subject: nonce, expiresAt: Date.now() + 60_000 }
    return { sealed: seal(JSON.stringify(contents), publicKey, binding) }
  })
  return state
}

const lent = (version: number, values: Record<string, string>, older: LeaseContent['older'] = []): LeaseContent => ({
  leaseId: newId('msg'),
  credentialId: newId('cred'),
  version,
  values,
  older,
  expiresAt: new Date(Date.now() + 60_000).toISOString(),
  validForMs: 60_000,
})

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
