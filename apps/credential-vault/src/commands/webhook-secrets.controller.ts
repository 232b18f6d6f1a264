import { conflict, newId, notFound, vault, type RequestOf, type ResponseOf } from '@cartly/contracts'
import type { Actor } from '@cartly/event-store'
import { Handles, type CallContext } from '@cartly/messaging'
import { REVEAL, revealSubject, seal } from '@cartly/vault-client'
import { Controller, Inject } from '@nestjs/common'
import { credentialIdOf, type CredentialKey } from '../domain/credential-id.ts'
import { namesOf } from '../domain/credential-fields.ts'
import { newWebhookSecret } from '../domain/webhook-secret.ts'
import { Audit } from '../leases/audit.ts'
import { LiveVersions } from '../leases/live-versions.ts'
import { Credentials } from './credentials.ts'

type In<K extends keyof typeof vault> = RequestOf<(typeof vault)[K]>
type Out<K extends keyof typeof vault> = Promise<ResponseOf<(typeof vault)[K]>>

const REVEALED_FOR_MS = 60_000

const by = ({ actor, commandId }: CallContext) => ({ actor: actor as Actor, commandId })
const keyOf = ({ storeId, endpointId }: In<'deleteWebhookSecret'>): CredentialKey => ({
  storeId,
  ownerId: endpointId,
  purpose: 'webhook_secret',
})

/** The signing secrets of webhook endpoints: made here, and shown to their merchant. */
@Controller()
export class WebhookSecretsController {
  readonly #credentials: Credentials
  readonly #versions: LiveVersions
  readonly #audit: Audit

  constructor(
    @Inject(Credentials) credentials: Credentials,
    @Inject(LiveVersions) versions: LiveVersions,
    @Inject(Audit) audit: Audit,
  ) {
    this.#credentials = credentials
    this.#versions = versions
    this.#audit = audit
  }

  @Handles(vault.createWebhookSecret)
  async create(request: In<'createWebhookSecret'>, call: CallContext): Out<'createWebhookSecret'> {
    const key = keyOf(request)
    const { secret, publicKey } = newWebhookSecret(request.signature)
    const values = { secret, ...(publicKey === undefined ? {} : { publicKey }) }
    const { version } = await this.#credentials.store(key, { values, fields: namesOf(values) }, by(call))
    return { credentialId: credentialIdOf(key), version, ...(await this.#publicKey(key, version)) }
  }

  @Handles(vault.rotateWebhookSecret)
  async rotate(request: In<'rotateWebhookSecret'>, call: CallContext): Out<'rotateWebhookSecret'> {
    const key = keyOf(request)
    const { signature, overlapUntil } = request
    if (!(await this.#credentials.find(key))) throw notFound('webhook endpoint', request.endpointId)
    const { secret, publicKey } = newWebhookSecret(signature)
    const values = { secret, ...(publicKey === undefined ? {} : { publicKey }) }
    const { version } = await this.#credentials.store(key, { values, fields: namesOf(values), overlapUntil }, by(call))
    return { version, ...(await this.#publicKey(key, version)) }
  }

  @Handles(vault.revealWebhookSecret)
  async reveal(request: In<'revealWebhookSecret'>, call: CallContext): Out<'revealWebhookSecret'> {
    const { storeId, endpointId, publicKey } = request
    const key = keyOf(request)
    const [present] = await this.#versions.open(key)
    if (!present) throw notFound('webhook endpoint', endpointId)
    const expiresAt = Date.now() + REVEALED_FOR_MS
    await this.#audit.write(call.commandId, [
      {
        ...key,
        credentialId: credentialIdOf(key),
        holder: REVEAL,
        actor: call.actor,
        reason: 'shown to its store',
        outcome: {
          lent: true,
          leaseId: newId('msg'),
          version: present.version,
          expiresAt: new Date(expiresAt).toISOString(),
        },
      },
    ])
    const sealed = seal(JSON.stringify({ secret: present.values['secret'] }), publicKey, {
      audience: REVEAL,
      subject: revealSubject(storeId, endpointId),
      expiresAt,
    })
    return { sealed, version: present.version }
  }

  @Handles(vault.deleteWebhookSecret)
  async delete(request: In<'deleteWebhookSecret'>, call: CallContext): Out<'deleteWebhookSecret'> {
    await this.#credentials.delete(keyOf(request), 'its endpoint was deleted', by(call))
    return {}
  }

  /** Of the version as stored: a command that came twice must not answer with the key pair it has thrown away. */
  async #publicKey(key: CredentialKey, version: number): Promise<{ publicKey?: string }> {
    const stored = (await this.#versions.open(key)).find((live) => live.version === version)
    if (!stored) throw conflict('credential_changed', 'The secret was changed meanwhile; try again')
    const { publicKey } = stored.values
    return publicKey === undefined ? {} : { publicKey }
  }
}
