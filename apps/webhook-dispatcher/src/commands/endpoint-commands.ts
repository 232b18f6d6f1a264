import {
  CartlyError,
  notFound,
  vault,
  type EndpointConfig,
  type EndpointEvent,
  type EndpointId,
  type RequestOf,
  type ResponseOf,
  type StoreId,
  type webhooks,
  type WebhookEndpoint,
} from '@cartly/contracts'
import { EgressError, type Egress } from '@cartly/egress'
import type { Actor, CommandContext, CommandHandler } from '@cartly/event-store'
import { compileMapping, MappingError } from '@cartly/mapping'
import type { BusClient, CallContext } from '@cartly/messaging'
import { checkConfig, type ConfigChecks } from '../domain/config.ts'
import { changed, type Disabled, type EndpointCommand, type EndpointState } from '../domain/endpoint.ts'
import type { EndpointQueries } from '../queries/endpoint-queries.ts'
import { viewOf } from '../queries/endpoint-view.ts'
import { setTimeout as pause } from 'node:timers/promises'

export type EndpointCommandHandler = CommandHandler<EndpointState, EndpointCommand, EndpointEvent>

export interface EndpointCommandsOptions {
  readonly handler: EndpointCommandHandler
  readonly queries: EndpointQueries
  readonly bus: BusClient
  readonly egress: Pick<Egress, 'checkUrl'>
  /** What waits in the endpoint's queue may go on. */
  readonly onEnabled: (endpointId: EndpointId) => Promise<void>
}

/** How long the key before signs too when the signature's scheme changes. */
const SCHEME_OVERLAP_HOURS = 24

/** For a change that meets another. */
const ATTEMPTS = 10
const BETWEEN_ATTEMPTS_MS = 20

type VaultOperation = (typeof vault)[
  | 'createWebhookSecret'
  | 'rotateWebhookSecret'
  | 'putWebhookHeaders'
  | 'deleteWebhookHeaders']

/**
 * What may be done to endpoints. The secrets are the vault's: signing secrets are made there, and shown by it alone; the
 * values of headers pass through here sealed.
 */
export class EndpointCommands {
  readonly #options: EndpointCommandsOptions
  readonly #checks: ConfigChecks

  constructor(options: EndpointCommandsOptions) {
    this.#options = options
    this.#checks = { url: (url) => urlError(options.egress, url), mapping: mappingError }
  }

  async create(request: RequestOf<typeof webhooks.create>, call: CallContext): Promise<WebhookEndpoint> {
    const { storeId, endpointId, config, sealedHeaders } = request
    checkConfig(config, this.#checks)
    const { signature = 'v1' } = config
    const headersVersion =
      namesOf(config).length > 0 ? await this.#putHeaders(storeId, endpointId, config, sealedHeaders, call) : undefined
    const secret = await this.#ask(vault.createWebhookSecret, { storeId, endpointId, signature }, call)
    const { credentialId, publicKey } = secret
    return this.#execute(
      endpointId,
      {
        type: 'create',
        endpointId,
        storeId,
        config,
        credentialId,
        at: new Date().toISOString(),
        ...(publicKey === undefined ? {} : { publicKey }),
        ...(headersVersion === undefined ? {} : { headersVersion }),
      },
      contextOf(storeId, call),
    )
  }

  /** Two at once end as one after the other would: see `#update`. */
  async update(request: RequestOf<typeof webhooks.update>, call: CallContext): Promise<WebhookEndpoint> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#update(request, call, attempt)
      } catch (error) {
        const meanwhile = error instanceof CartlyError && error.kind === 'precondition_failed'
        if (!meanwhile || request.expectedRevisions !== undefined || attempt === ATTEMPTS) throw error
        await pause(attempt * BETWEEN_ATTEMPTS_MS)
      }
    }
  }

  /**
   * What the vault does for a change is about the configuration that was read here, so the change holds for that alone.
   * @throws CartlyError `precondition_failed` when there is another meanwhile
   */
  async #update(
    request: RequestOf<typeof webhooks.update>,
    call: CallContext,
    attempt: number,
  ): Promise<WebhookEndpoint> {
    // To the vault each attempt is a command of its own: what it did for one before is not what this one needs.
    const asking = attempt === 1 ? call : { ...call, commandId: `${call.commandId}:${attempt}` }
    const { storeId, endpointId, expectedRevisions, change, sealedHeaders } = request
    const { state: before, revision } = await this.#options.queries.find(storeId, endpointId)
    // Here already, because what the vault does for the change is not undone when it is refused.
    if (expectedRevisions !== undefined && !expectedRevisions.includes(revision)) {
      throw revisionChanged(revision, expectedRevisions)
    }
    const config = changed(before.config, change)
    checkConfig(config, this.#checks)
    const names = namesOf(config)
    const newHeaders = sealedHeaders !== undefined || String(names) !== String(namesOf(before.config))
    const headersVersion =
      newHeaders && names.length > 0
        ? await this.#putHeaders(storeId, endpointId, config, sealedHeaders, asking)
        : undefined
    const { signature = 'v1' } = config
    const publicKey =
      signature === (before.config.signature ?? 'v1')
        ? undefined
        : await this.#changeScheme(storeId, endpointId, signature, asking)
    const byVault = change.headers !== undefined || change.signature !== undefined
    const endpoint = await this.#execute(
      endpointId,
      {
        type: 'change',
        change,
        ...(publicKey === undefined ? {} : { publicKey }),
        ...(headersVersion === undefined ? {} : { headersVersion }),
      },
      contextOf(storeId, call, byVault ? [revision] : expectedRevisions),
    )
    // Only now: until then deliveries need them. Also when none were left before, for whoever tries again. Those that
    // another change has set meanwhile stay.
    const { headersVersion: version } = before
    if (change.headers !== undefined && names.length === 0 && version !== undefined) {
      await this.#ask(vault.deleteWebhookHeaders, { storeId, endpointId, version }, asking)
    }
    return endpoint
  }

  async rotateSecret(
    { storeId, endpointId, overlapHours }: RequestOf<typeof webhooks.rotateSecret>,
    call: CallContext,
  ): Promise<ResponseOf<typeof webhooks.rotateSecret>> {
    const { signature = 'v1' } = (await this.#options.queries.find(storeId, endpointId)).state.config
    const overlapUntil = hoursFromNow(overlapHours)
    const request = { storeId, endpointId, signature, overlapUntil }
    const { version, publicKey } = await this.#ask(vault.rotateWebhookSecret, request, call)
    const endpoint = await this.#execute(
      endpointId,
      { type: 'rotateSecret', version, overlapUntil, ...(publicKey === undefined ? {} : { publicKey }) },
      contextOf(storeId, call),
    )
    return { endpoint, overlapUntil }
  }

  async enable(request: RequestOf<typeof webhooks.enable>, call: CallContext): Promise<WebhookEndpoint> {
    const { storeId, endpointId, expectedRevisions } = request
    const view = await this.#execute(endpointId, { type: 'enable' }, contextOf(storeId, call, expectedRevisions))
    await this.#options.onEnabled(endpointId)
    return view
  }

  disable(request: RequestOf<typeof webhooks.disable>, call: CallContext): Promise<WebhookEndpoint> {
    const { storeId, endpointId, expectedRevisions } = request
    const disabled = { cause: 'user', reason: 'Disabled by its owner', at: new Date().toISOString() } as const
    return this.#execute(endpointId, { type: 'disable', ...disabled }, contextOf(storeId, call, expectedRevisions))
  }

  /** The vault shreds the secret when it hears of it. */
  async remove({ storeId, endpointId, expectedRevisions }: RequestOf<typeof webhooks.remove>, call: CallContext) {
    await this.#options.handler.execute(endpointId, { type: 'delete' }, contextOf(storeId, call, expectedRevisions))
    return {}
  }

  /** Disables an endpoint because of how it behaves. `commandId` makes doing it twice doing it once. */
  async disableFor(storeId: StoreId, endpointId: EndpointId, disabled: Disabled, commandId: string): Promise<void> {
    const context = { storeId, commandId, actor: 'service:webhook-dispatcher' } as const
    await this.#options.handler.execute(endpointId, { type: 'disable', ...disabled }, context)
  }

  async #changeScheme(
    storeId: StoreId,
    endpointId: EndpointId,
    signature: 'v1' | 'v1a',
    call: CallContext,
  ): Promise<string | undefined> {
    const request = { storeId, endpointId, signature, overlapUntil: hoursFromNow(SCHEME_OVERLAP_HOURS) }
    const { publicKey } = await this.#ask(vault.rotateWebhookSecret, request, call)
    return publicKey
  }

  async #putHeaders(
    storeId: StoreId,
    endpointId: EndpointId,
    config: EndpointConfig,
    sealed: string | undefined,
    call: CallContext,
  ): Promise<number> {
    const request = { storeId, endpointId, names: namesOf(config), ...(sealed === undefined ? {} : { sealed }) }
    return (await this.#ask(vault.putWebhookHeaders, request, call)).version
  }

  async #execute(id: EndpointId, command: EndpointCommand, context: CommandContext): Promise<WebhookEndpoint> {
    const { state, revision, visible } = await this.#options.handler.execute(id, command, context)
    if (state.kind === 'none' || state.kind === 'deleted') throw notFound('webhook endpoint', id)
    return visible ? this.#options.queries.get(context.storeId, id) : viewOf(state, revision, new Date().toISOString())
  }

  #ask<O extends VaultOperation>(
    operation: O,
    request: RequestOf<O>,
    { actor, deadlineAt, commandId }: CallContext,
  ): Promise<ResponseOf<O>> {
    return this.#options.bus.request(operation, request, { actor, deadlineAt, commandId })
  }
}

const contextOf = (storeId: StoreId, call: CallContext, expectedRevisions?: readonly number[]): CommandContext => ({
  storeId,
  commandId: call.commandId,
  actor: call.actor as Actor,
  ...(expectedRevisions === undefined ? {} : { expectedRevisions }),
})

/** The names of an endpoint's own headers, sorted. */
const namesOf = ({ headers = {} }: EndpointConfig): string[] => Object.keys(headers).toSorted()

const revisionChanged = (revision: number, expected: readonly number[]): CartlyError =>
  new CartlyError(
    'precondition_failed',
    'revision_changed',
    `The endpoint is at revision ${revision}, not ${expected.join(' or ')}; read it again`,
  )

const hoursFromNow = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString()

function urlError(egress: Pick<Egress, 'checkUrl'>, url: string): string | undefined {
  try {
    egress.checkUrl(url)
    return undefined
  } catch (error) {
    if (error instanceof EgressError) return error.message
    throw error
  }
}

function mappingError(mapping: unknown): { pointer: string; message: string } | undefined {
  try {
    compileMapping(mapping)
    return undefined
  } catch (error) {
    if (error instanceof MappingError) return { pointer: error.pointer, message: error.reason }
    throw error
  }
}
