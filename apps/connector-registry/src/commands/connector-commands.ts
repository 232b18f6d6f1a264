import {
  BREAKER_OPEN,
  CartlyError,
  compileJsonSchema,
  executor,
  invalid,
  newId,
  type Connector,
  type ConnectorEvent,
  type ConnectorId,
  type FieldError,
  type RequestOf,
  type ResponseOf,
  type StoreId,
  type TestResult,
  type registry,
} from '@cartly/contracts'
import type { Actor, CommandContext, CommandHandler } from '@cartly/event-store'
import type { BusClient, CallContext } from '@cartly/messaging'
import type { TemplateDefinition } from '@cartly/templates'
import type { ConnectorCommand, ConnectorState, Installed } from '../domain/connector.ts'
import { planUpgrade, type Version } from '../domain/upgrade.ts'
import type { Connectors } from '../queries/connectors.ts'
import { checkAddresses, type AddressRules } from '../templates/addresses.ts'
import { neededCredentials, type TemplateBook } from '../templates/template-book.ts'

export interface ConnectorCommandsOptions {
  readonly handler: CommandHandler<ConnectorState, ConnectorCommand, ConnectorEvent>
  readonly connectors: Connectors
  readonly book: TemplateBook
  readonly bus: BusClient
  readonly addresses: AddressRules
}

type Change = { storeId: StoreId; connectorId: ConnectorId; expectedRevisions?: readonly number[] }

/** What the outside may do with a connector; each answers when its own read model shows it. */
export class ConnectorCommands {
  readonly #handler: ConnectorCommandsOptions['handler']
  readonly #connectors: Connectors
  readonly #book: TemplateBook
  readonly #bus: BusClient
  readonly #addresses: AddressRules

  constructor({ handler, connectors, book, bus, addresses }: ConnectorCommandsOptions) {
    this.#handler = handler
    this.#connectors = connectors
    this.#book = book
    this.#bus = bus
    this.#addresses = addresses
  }

  async install(request: RequestOf<typeof registry.install>, call: CallContext): Promise<Connector> {
    const { storeId, template: slug, version, settings = {}, endpoints = {}, mappings = {} } = request
    if ((slug === undefined) === (request.definition === undefined)) {
      throw invalid('template_or_definition', 'Give a template, or a definition of your own', [
        { pointer: '/template', message: 'exactly one of template and definition is needed' },
      ])
    }
    const entry = slug === undefined ? undefined : this.#book.entry(slug, version)
    const definition = entry?.definition ?? (await this.#book.own(request.definition))
    if (!entry) checkAddresses(this.#addresses, { endpoints, own: definition })
    this.#check(definition, { settings, endpoints, mappings })
    const connectorId = (await this.#connectors.installedBy(storeId, call.commandId)) ?? newId('conn')
    const command: ConnectorCommand = {
      type: 'install',
      connectorId,
      storeId,
      template: entry ? this.#book.refOf(entry) : null,
      definition: entry ? null : definition,
      configuration: {
        name: request.name ?? definition.name,
        settings: withDefaults(definition, settings),
        endpoints,
        mappings,
      },
      at: new Date().toISOString(),
    }
    return this.#execute({ storeId, connectorId }, command, call)
  }

  /** Changes are merged into what there is, name by name; `null` takes a setting, an address or a mapping away (RFC 7396). */
  async configure(request: RequestOf<typeof registry.configure>, call: CallContext): Promise<Connector> {
    const { storeId, connectorId, name } = request
    const { state } = await this.#connectors.row(storeId, connectorId)
    const settings = request.settings && merged(state.settings, request.settings)
    const mappings = request.mappings && merged(state.mappings, request.mappings)
    const endpoints = request.endpoints && merged(state.endpoints, request.endpoints)
    this.#check(this.#book.definitionOf(state), {
      settings: settings ?? state.settings,
      mappings: mappings ?? state.mappings,
      endpoints: endpoints ?? {},
    })
    const change = { name, settings, mappings, endpoints }
    const known = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
    return this.#execute(request, { type: 'configure', change: known }, call)
  }

  attachCredentials(request: RequestOf<typeof registry.attachCredentials>, call: CallContext): Promise<Connector> {
    const { purpose, credentialId, version } = request
    return this.#execute(request, { type: 'attachCredentials', purpose, credentialId, version }, call)
  }

  detachCredentials(request: RequestOf<typeof registry.detachCredentials>, call: CallContext): Promise<Connector> {
    const { purpose, credentialId } = request
    return this.#execute(request, { type: 'detachCredentials', purpose, credentialId }, call)
  }

  /** Has the executor try the connection with what is configured now, and records what came of it. */
  async test(request: RequestOf<typeof registry.test>, call: CallContext): Promise<TestResult> {
    const { storeId, connectorId } = request
    const { state, sequence } = await this.#connectors.row(storeId, connectorId)
    checkComplete(this.#book.definitionOf(state), state.settings)
    const result = await this.#bus.request(
      executor.test,
      { storeId, connectorId, afterSequence: sequence },
      { deadlineAt: call.deadlineAt - 500, actor: call.actor },
    )
    const outcome = { at: new Date().toISOString(), ...result }
    await this.#execute(request, { type: 'recordTest', changes: state.changes, outcome }, call)
    return result
  }

  async activate(request: RequestOf<typeof registry.activate>, call: CallContext): Promise<Connector> {
    const { state } = await this.#connectors.row(request.storeId, request.connectorId)
    const definition = this.#book.definitionOf(state)
    checkComplete(definition, state.settings)
    const needs = neededCredentials(definition)
    return this.#execute(request, { type: 'activate', needs }, call)
  }

  deactivate(request: Change, call: CallContext): Promise<Connector> {
    return this.#execute(request, { type: 'deactivate' }, call)
  }

  async remove(request: Change, call: CallContext): Promise<void> {
    await this.#connectors.row(request.storeId, request.connectorId)
    await this.#handler.execute(request.connectorId, { type: 'remove' }, contextOf(request, call))
  }

  async reportCircuit(request: RequestOf<typeof registry.reportCircuit>, call: CallContext): Promise<void> {
    const { state, reason } = request
    const code = BREAKER_OPEN
    const command =
      state === 'open' ? ({ type: 'needAttention', code, reason } as const) : { type: 'recover' as const, code }
    await this.#execute(request, command, call)
  }

  async upgrade(
    request: RequestOf<typeof registry.upgrade>,
    call: CallContext,
  ): Promise<ResponseOf<typeof registry.upgrade>> {
    const { state } = await this.#connectors.row(request.storeId, request.connectorId)
    if (!state.template) throw invalid('custom_connector', 'A custom connector has no template to upgrade to')
    const to = this.#book.entry(state.template.slug, request.version).definition
    const { diff, settings, mappings } = planUpgrade(versionOf(this.#book.definitionOf(state)), versionOf(to), state)
    if (request.dryRun) return { diff }
    this.#check(to, { settings, mappings, endpoints: {} })
    const connector = await this.#execute(request, { type: 'upgrade', to: request.version, settings, mappings }, call)
    return { diff, connector }
  }

  rollback(request: Change, call: CallContext): Promise<Connector> {
    return this.#execute(request, { type: 'rollback' }, call)
  }

  async #execute(request: Change, command: ConnectorCommand, call: CallContext): Promise<Connector> {
    const { storeId, connectorId } = request
    await this.#handler.execute(connectorId, command, contextOf(request, call))
    return this.#connectors.view(await this.#connectors.row(storeId, connectorId))
  }

  /** `endpoints` as far as they are new. */
  #check(
    definition: TemplateDefinition,
    { settings, endpoints, mappings }: Pick<Installed, 'settings' | 'endpoints' | 'mappings'>,
  ): void {
    this.#book.compile(definition, mappings)
    const wrong = settingsErrors(definition, settings).filter(({ missing }) => !missing)
    if (wrong.length > 0)
      throw invalid('invalid_settings', `The settings do not fit ${definition.name}`, wrong.map(fieldOf))
    checkAddresses(this.#addresses, { endpoints })
  }
}

/** A setting that does not fit, or that is missing: a connector is installed before it is configured. */
interface SettingsError extends FieldError {
  readonly missing: boolean
}

function settingsErrors(definition: TemplateDefinition, settings: Record<string, unknown>): SettingsError[] {
  const schema = definition.settings ?? { type: 'object', additionalProperties: false }
  return compileJsonSchema(schema)
    .errors(withDefaults(definition, settings))
    .map(({ pointer, message }) => ({
      pointer: `/settings${pointer}`,
      message,
      missing: message === 'is required' && pointer.lastIndexOf('/') === 0,
    }))
}

const fieldOf = ({ pointer, message }: SettingsError): FieldError => ({ pointer, message })

/** @throws CartlyError `conflict` while settings are missing that the service cannot be asked without. */
function checkComplete(definition: TemplateDefinition, settings: Record<string, unknown>): void {
  const missing = settingsErrors(definition, settings).filter((error) => error.missing)
  if (missing.length === 0) return
  const names = missing.map(({ pointer }) => pointer.slice('/settings/'.length)).join(', ')
  throw new CartlyError('conflict', 'settings_missing', `${definition.name} needs more settings first: ${names}`, {
    errors: missing.map(fieldOf),
  })
}

/** What the schema of the settings says is so when nothing is said. */
function withDefaults(
  { settings: schema }: TemplateDefinition,
  settings: Record<string, unknown>,
): Record<string, unknown> {
  const properties = (schema as { properties?: Record<string, { default?: unknown }> } | undefined)?.properties ?? {}
  const defaults = Object.entries(properties).flatMap(([name, { default: value }]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  return { ...Object.fromEntries(defaults), ...settings }
}

function merged<T extends object>(present: T, change: object): T {
  return Object.fromEntries(Object.entries({ ...present, ...change }).filter(([, value]) => value !== null)) as T
}

const versionOf = ({ version, settings, hooks, mappings }: TemplateDefinition): Version => ({
  version,
  settings: (settings ?? {}) as Version['settings'],
  hooks,
  mappings: mappings ?? {},
})

const contextOf = (
  { storeId, expectedRevisions }: { storeId: StoreId; expectedRevisions?: readonly number[] },
  { commandId, actor }: CallContext,
): CommandContext => ({
  commandId,
  actor: actor as Actor,
  storeId,
  ...(expectedRevisions === undefined ? {} : { expectedRevisions }),
})
