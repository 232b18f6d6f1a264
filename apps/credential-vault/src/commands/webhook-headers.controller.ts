import { vault, type RequestOf, type ResponseOf, type SecretValues } from '@cartly/contracts'
import type { Actor } from '@cartly/event-store'
import { Handles, type CallContext } from '@cartly/messaging'
import { Controller, Inject } from '@nestjs/common'
import { namesOf } from '../domain/credential-fields.ts'
import type { CredentialKey } from '../domain/credential-id.ts'
import { headerValues } from '../domain/header-values.ts'
import { LiveVersions } from '../leases/live-versions.ts'
import { SealingKeys } from '../storage/sealing-keys.ts'
import { Credentials } from './credentials.ts'
import { openValues } from './open-values.ts'

type In<K extends keyof typeof vault> = RequestOf<(typeof vault)[K]>
type Out<K extends keyof typeof vault> = Promise<ResponseOf<(typeof vault)[K]>>

const by = ({ actor, commandId }: CallContext) => ({ actor: actor as Actor, commandId })
const keyOf = ({ storeId, endpointId }: In<'deleteWebhookHeaders'>): CredentialKey => ({
  storeId,
  ownerId: endpointId,
  purpose: 'webhook_headers',
})

/** The values of webhook endpoints' own headers: in and away, never out but to the dispatcher. */
@Controller()
export class WebhookHeadersController {
  readonly #credentials: Credentials
  readonly #versions: LiveVersions
  readonly #sealingKeys: SealingKeys

  constructor(
    @Inject(Credentials) credentials: Credentials,
    @Inject(LiveVersions) versions: LiveVersions,
    @Inject(SealingKeys) sealingKeys: SealingKeys,
  ) {
    this.#credentials = credentials
    this.#versions = versions
    this.#sealingKeys = sealingKeys
  }

  @Handles(vault.putWebhookHeaders)
  async put(request: In<'putWebhookHeaders'>, call: CallContext): Out<'putWebhookHeaders'> {
    const key = keyOf(request)
    const { names, sealed } = request
    const given: SecretValues = sealed === undefined ? {} : await openValues(this.#sealingKeys, key, sealed)
    const [stored] = await this.#versions.open(key)
    const values = headerValues(names, given, stored?.values ?? {})
    const { version } = await this.#credentials.store(key, { values, fields: namesOf(values) }, by(call))
    return { version }
  }

  @Handles(vault.deleteWebhookHeaders)
  async delete(request: In<'deleteWebhookHeaders'>, call: CallContext): Out<'deleteWebhookHeaders'> {
    const reason = 'its endpoint has no headers any more'
    await this.#credentials.delete(keyOf(request), reason, by(call), request.version)
    return {}
  }
}
