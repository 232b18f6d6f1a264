import { notFound, vault, type RequestOf, type ResponseOf } from '@cartly/contracts'
import type { Actor } from '@cartly/event-store'
import { Handles, type CallContext } from '@cartly/messaging'
import { Controller, Inject } from '@nestjs/common'
import { credentialIdOf, type CredentialKey } from '../domain/credential-id.ts'
import { checkFields, marksOf, namesOf } from '../domain/credential-fields.ts'
import { describe } from '../queries/describe.ts'
import { ConnectorDirectory } from '../queries/connector-directory.ts'
import { SealingKeys } from '../storage/sealing-keys.ts'
import { Credentials } from './credentials.ts'
import { openValues } from './open-values.ts'

type In<K extends keyof typeof vault> = RequestOf<(typeof vault)[K]>
type Out<K extends keyof typeof vault> = Promise<ResponseOf<(typeof vault)[K]>>

const by = ({ actor, commandId }: CallContext) => ({ actor: actor as Actor, commandId })

/** Connectors' credentials and OAuth tokens: in and away, never out. */
@Controller()
export class CredentialsController {
  readonly #credentials: Credentials
  readonly #connectors: ConnectorDirectory
  readonly #sealingKeys: SealingKeys

  constructor(
    @Inject(Credentials) credentials: Credentials,
    @Inject(ConnectorDirectory) connectors: ConnectorDirectory,
    @Inject(SealingKeys) sealingKeys: SealingKeys,
  ) {
    this.#credentials = credentials
    this.#connectors = connectors
    this.#sealingKeys = sealingKeys
  }

  @Handles(vault.sealingKey)
  async sealingKey(): Out<'sealingKey'> {
    const { keyId, publicKey, validUntil } = await this.#sealingKeys.current()
    return { keyId, publicKey, validUntil: validUntil.toISOString() }
  }

  @Handles(vault.putCredentials)
  async put({ storeId, connectorId, sealed }: In<'putCredentials'>, call: CallContext): Out<'putCredentials'> {
    const key: CredentialKey = { storeId, ownerId: connectorId, purpose: 'connector' }
    const spec = await this.#connectors.specOf(storeId, connectorId)
    const values = await openValues(this.#sealingKeys, key, sealed)
    checkFields(spec, values)
    const state = await this.#credentials.store(key, { values, fields: marksOf(values) }, by(call))
    return describe(
      state,
      spec.fields.map(({ name }) => name),
    )
  }

  @Handles(vault.describeCredentials)
  async describe({ storeId, connectorId }: In<'describeCredentials'>): Out<'describeCredentials'> {
    const spec = await this.#connectors.specOf(storeId, connectorId)
    const state = await this.#credentials.find({ storeId, ownerId: connectorId, purpose: 'connector' })
    if (!state) throw notFound('credential for the connector', connectorId)
    return describe(
      state,
      spec.fields.map(({ name }) => name),
    )
  }

  @Handles(vault.deleteCredentials)
  async delete({ storeId, connectorId }: In<'deleteCredentials'>, call: CallContext): Out<'deleteCredentials'> {
    const key: CredentialKey = { storeId, ownerId: connectorId, purpose: 'connector' }
    if (!(await this.#credentials.delete(key, 'asked for by its store', by(call)))) {
      throw notFound('credential for the connector', connectorId)
    }
    return { credentialId: credentialIdOf(key) }
  }

  @Handles(vault.putTokens)
  async putTokens(request: In<'putTokens'>, call: CallContext): Out<'putTokens'> {
    const { storeId, connectorId, sealed, validForMs } = request
    const key: CredentialKey = { storeId, ownerId: connectorId, purpose: 'oauth_tokens' }
    await this.#connectors.specOf(storeId, connectorId)
    const values = await openValues(this.#sealingKeys, key, sealed)
    const next = { values, fields: namesOf(values), ...(validForMs === null ? {} : { validForMs }) }
    return describe(await this.#credentials.store(key, next, by(call)), [])
  }

  @Handles(vault.deleteTokens)
  async deleteTokens({ storeId, connectorId }: In<'deleteTokens'>, call: CallContext): Out<'deleteTokens'> {
    await this.#credentials.delete(
      { storeId, ownerId: connectorId, purpose: 'oauth_tokens' },
      'access revoked',
      by(call),
    )
    return {}
  }
}
