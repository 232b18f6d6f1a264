import { oauth, type RequestOf, type ResponseOf } from '@cartly/contracts'
import type { Actor } from '@cartly/event-store'
import { Handles, type CallContext } from '@cartly/messaging'
import { Controller, Inject } from '@nestjs/common'
import { Authorizations } from './commands/authorizations.ts'
import { ClientCredentials } from './commands/client-credentials.ts'
import { Connections } from './commands/connections.ts'
import { Refresher } from './commands/refresher.ts'
import { Revocations } from './commands/revocations.ts'
import { OAuthConnectors } from './queries/oauth-connectors.ts'
import { viewOf } from './queries/view.ts'

type In<K extends keyof typeof oauth> = RequestOf<(typeof oauth)[K]>
type Out<K extends keyof typeof oauth> = Promise<ResponseOf<(typeof oauth)[K]>>

const by = ({ actor, commandId }: CallContext) => ({ actor: actor as Actor, commandId })

@Controller()
export class OAuthController {
  readonly #authorizations: Authorizations
  readonly #clientCredentials: ClientCredentials
  readonly #connections: Connections
  readonly #connectors: OAuthConnectors
  readonly #refresher: Refresher
  readonly #revocations: Revocations

  constructor(
    @Inject(Authorizations) authorizations: Authorizations,
    @Inject(ClientCredentials) clientCredentials: ClientCredentials,
    @Inject(Connections) connections: Connections,
    @Inject(OAuthConnectors) connectors: OAuthConnectors,
    @Inject(Refresher) refresher: Refresher,
    @Inject(Revocations) revocations: Revocations,
  ) {
    this.#authorizations = authorizations
    this.#clientCredentials = clientCredentials
    this.#connections = connections
    this.#connectors = connectors
    this.#refresher = refresher
    this.#revocations = revocations
  }

  @Handles(oauth.authorize)
  authorize(request: In<'authorize'>): Out<'authorize'> {
    return this.#authorizations.authorize(request)
  }

  @Handles(oauth.callback)
  callback(request: In<'callback'>): Out<'callback'> {
    return this.#authorizations.callback(request)
  }

  @Handles(oauth.get)
  async get({ storeId, connectorId }: In<'get'>): Out<'get'> {
    const connector = await this.#connectors.get(storeId, connectorId)
    const { state } = await this.#connections.find(storeId, connectorId)
    return viewOf(connector, state)
  }

  @Handles(oauth.refresh)
  async refresh({ storeId, connectorId, ...known }: In<'refresh'>, call: CallContext): Out<'refresh'> {
    const owner = { storeId, connectorId }
    const connector = await this.#connectors.get(storeId, connectorId)
    const first = await this.#clientCredentials.connectFirst(connector, by(call))
    const { deadlineAt } = call
    return viewOf(connector, first ?? (await this.#refresher.refresh(owner, { ...known, deadlineAt })))
  }

  @Handles(oauth.connect)
  async connect({ storeId, connectorId }: In<'connect'>, call: CallContext): Out<'connect'> {
    const connector = await this.#connectors.get(storeId, connectorId)
    return viewOf(connector, await this.#clientCredentials.connect({ storeId, connectorId }, by(call)))
  }

  @Handles(oauth.revoke)
  async revoke({ storeId, connectorId }: In<'revoke'>, call: CallContext): Out<'revoke'> {
    await this.#connectors.get(storeId, connectorId)
    await this.#revocations.revoke({ storeId, connectorId }, by(call))
    return {}
  }
}
