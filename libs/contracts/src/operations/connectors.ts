import { Type, type Static } from 'typebox'
import { ErrorClass, ExecutionError, ExecutionRecorded, ResultSource } from '../activity/execution.ts'
import { Endpoints, EndpointsChange, MappingOverrides, Settings, TemplateRef } from '../events/connector.ts'
import { CredentialPurpose } from '../events/credential.ts'
import { ConnectorIdSchema, CredentialIdSchema, ExecutionIdSchema } from '../ids.ts'
import { operation } from '../operation.ts'
import {
  Empty,
  Health,
  HistoryEntry,
  PageRequest,
  Stats,
  Time,
  Window,
  expectedRevisions,
  inStore,
  includeHealth,
  page,
} from './common.ts'

const Name = Type.String({ minLength: 1, maxLength: 100 })
const Slug = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' })
const Version = Type.String({ pattern: '^\\d+\\.\\d+\\.\\d+$' })
const connectorId = ConnectorIdSchema

export const HookSummary = Type.Object({
  name: Type.String(),
  description: Type.String(),
  on: Type.Array(Type.String(), { description: 'Store events that run it' }),
  input: Type.Optional(Type.Unknown()),
  output: Type.Optional(Type.Unknown()),
  deadlineMs: Type.Integer(),
})
export type HookSummary = Static<typeof HookSummary>

export const CredentialField = Type.Object({
  name: Type.String(),
  label: Type.String(),
  secret: Type.Boolean(),
  required: Type.Boolean(),
  pattern: Type.Optional(Type.String()),
  help: Type.Optional(Type.String()),
  helpUrl: Type.Optional(Type.String()),
})

export const TemplateSummary = Type.Object({
  slug: Slug,
  name: Type.String(),
  version: Version,
  category: Type.String(),
  description: Type.String(),
  docsUrl: Type.String(),
  authType: Type.String(),
  icon: Type.Optional(Type.String({ description: 'SVG' })),
  hooks: Type.Array(Type.String()),
})
export type TemplateSummary = Static<typeof TemplateSummary>

export const TemplateDetail = Type.Object({
  slug: Slug,
  name: Type.String(),
  version: Version,
  versions: Type.Array(Version),
  category: Type.String(),
  description: Type.String(),
  docsUrl: Type.String(),
  icon: Type.Optional(Type.String()),
  auth: Type.Unknown(),
  credentialFields: Type.Array(CredentialField),
  settings: Type.Unknown({ description: 'JSON Schema of the settings' }),
  baseUrl: Type.String(),
  rateLimits: Type.Optional(Type.Unknown()),
  testConnection: Type.Unknown(),
  mappings: Type.Record(Type.String(), Type.Unknown()),
  hooks: Type.Array(HookSummary),
  samples: Type.Optional(Type.Unknown()),
  provenance: Type.Optional(Type.Unknown()),
})
export type TemplateDetail = Static<typeof TemplateDetail>

export const connectorStatuses = ['installed', 'ready', 'active', 'inactive', 'needs_attention', 'removed'] as const
export const ConnectorStatus = Type.Enum(connectorStatuses)
export type ConnectorStatus = Static<typeof ConnectorStatus>

export const TestCheck = Type.Object({ name: Type.String(), ok: Type.Boolean(), detail: Type.String() })
export const TestResult = Type.Object({
  ok: Type.Boolean(),
  latencyMs: Type.Number(),
  checks: Type.Array(TestCheck),
  error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
})
export type TestResult = Static<typeof TestResult>

export const Connector = Type.Object({
  id: connectorId,
  storeId: Type.String(),
  name: Type.String(),
  status: ConnectorStatus,
  /** Why it needs attention, and what to do. */
  statusReason: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
  /** Of a connector that is connected by OAuth: what its service granted, and what of that asked for it did not. */
  oauth: Type.Optional(
    Type.Object({ scopesGranted: Type.Array(Type.String()), scopesMissing: Type.Array(Type.String()) }),
  ),
  template: Type.Union([TemplateRef, Type.Null()]),
  definition: Type.Optional(Type.Unknown({ description: 'Of a custom connector' })),
  category: Type.Optional(Type.String()),
  authType: Type.String(),
  settings: Settings,
  endpoints: Endpoints,
  mappings: MappingOverrides,
  hooks: Type.Array(HookSummary),
  credentials: Type.Object({
    set: Type.Boolean(),
    credentialId: Type.Optional(CredentialIdSchema),
    version: Type.Optional(Type.Integer()),
  }),
  lastTest: Type.Optional(
    Type.Object({
      ok: Type.Boolean(),
      at: Time,
      latencyMs: Type.Number(),
      checks: Type.Array(TestCheck),
      error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
    }),
  ),
  createdAt: Time,
  updatedAt: Time,
  revision: Type.Integer(),
  /** Only in lists that are asked for it. */
  health: Type.Optional(Health),
})
export type Connector = Static<typeof Connector>

/** `?include=tests`, of lists of executions. */
export const includeTests = Type.Optional(
  Type.Literal('tests', { description: 'Tests of the connection too, which are left out otherwise' }),
)

/** An execution in a list: the one of `GET /executions/{id}` has its steps, input and output too. */
export const ExecutionSummary = Type.Object({
  id: ExecutionIdSchema,
  connectorId,
  hook: Type.String(),
  trigger: Type.String(),
  status: Type.Union([Type.Literal('succeeded'), Type.Literal('failed')]),
  source: ResultSource,
  error: Type.Optional(ExecutionError),
  startedAt: Time,
  durationMs: Type.Number(),
  eventId: Type.Optional(Type.String()),
})
export type ExecutionSummary = Static<typeof ExecutionSummary>

export const Execution = Type.Intersect([Type.Object({ id: ExecutionIdSchema }), ExecutionRecorded])
export type Execution = Static<typeof Execution>

/** What is left of a service just now: the state of its circuit, and of the limit that is nearest to being used up. */
export const Headroom = Type.Object({
  circuit: Type.Union([Type.Literal('closed'), Type.Literal('half_open'), Type.Literal('open')]),
  /** Of an open circuit: when a call is let through to try. */
  retryAt: Type.Optional(Time),
  rateLimit: Type.Optional(
    Type.Object({ limit: Type.Integer(), remaining: Type.Integer({ minimum: 0 }), perSeconds: Type.Number() }),
  ),
})
export type Headroom = Static<typeof Headroom>

/** The code of `statusReason` while the circuit of an active connector is open. */
export const BREAKER_OPEN = 'breaker_open'

const Bucket = Type.Object({ total: Type.Integer(), failed: Type.Integer() })
export const ConnectorStats = Type.Intersect([
  Stats,
  Type.Object({
    bySource: Type.Record(Type.String(), Type.Integer()),
    byErrorClass: Type.Record(Type.String(), Type.Integer()),
    byHook: Type.Record(Type.String(), Bucket),
  }),
  // Left out when the executor does not say.
  Type.Partial(Headroom),
])
export type ConnectorStats = Static<typeof ConnectorStats>

/** What differs between what a connector has and what a version of its template would give it. */
export const UpgradeDiff = Type.Object({
  from: Version,
  to: Version,
  settings: Type.Array(
    Type.Object({
      pointer: Type.String(),
      change: Type.String(),
      before: Type.Optional(Type.Unknown()),
      after: Type.Optional(Type.Unknown()),
    }),
  ),
  hooks: Type.Array(Type.Object({ name: Type.String(), change: Type.String() })),
  mappings: Type.Array(Type.Object({ name: Type.String(), change: Type.String(), overridden: Type.Boolean() })),
})
export type UpgradeDiff = Static<typeof UpgradeDiff>

const R = 'connector-registry' as const
const change = inStore({ connectorId, expectedRevisions })

export const registry = {
  listTemplates: operation(R, 'templates.list', {
    request: Type.Object({
      category: Type.Optional(Type.String()),
      q: Type.Optional(Type.String({ maxLength: 100 })),
      ...PageRequest,
    }),
    response: page(TemplateSummary),
  }),
  getTemplate: operation(R, 'templates.get', {
    request: Type.Object({ slug: Slug, version: Type.Optional(Version) }),
    response: TemplateDetail,
  }),
  install: operation(R, 'connectors.install', {
    request: inStore({
      template: Type.Optional(Slug),
      version: Type.Optional(Version),
      definition: Type.Optional(Type.Unknown()),
      name: Type.Optional(Name),
      settings: Type.Optional(Settings),
      endpoints: Type.Optional(Endpoints),
      mappings: Type.Optional(MappingOverrides),
    }),
    response: Connector,
  }),
  configure: operation(R, 'connectors.configure', {
    request: inStore({
      connectorId,
      expectedRevisions,
      name: Type.Optional(Name),
      settings: Type.Optional(Settings),
      endpoints: Type.Optional(EndpointsChange),
      mappings: Type.Optional(MappingOverrides),
    }),
    response: Connector,
  }),
  list: operation(R, 'connectors.list', {
    request: inStore({ status: Type.Optional(ConnectorStatus), include: includeHealth, ...PageRequest }),
    response: page(Connector),
  }),
  get: operation(R, 'connectors.get', {
    request: inStore({ connectorId, asOf: Type.Optional(Time) }),
    response: Connector,
  }),
  history: operation(R, 'connectors.history', {
    request: inStore({ connectorId, ...PageRequest }),
    response: page(HistoryEntry),
  }),
  /** The gateway says so after the vault has stored them; the vault's event says it too, should the gateway have died between. */
  attachCredentials: operation(R, 'connectors.attach-credentials', {
    request: inStore({
      connectorId,
      purpose: CredentialPurpose,
      credentialId: CredentialIdSchema,
      version: Type.Integer({ minimum: 1 }),
    }),
    response: Connector,
  }),
  detachCredentials: operation(R, 'connectors.detach-credentials', {
    request: inStore({ connectorId, purpose: CredentialPurpose, credentialId: CredentialIdSchema }),
    response: Connector,
  }),
  test: operation(R, 'connectors.test', { request: change, response: TestResult, timeoutMs: 20_000 }),
  activate: operation(R, 'connectors.activate', { request: change, response: Connector }),
  deactivate: operation(R, 'connectors.deactivate', { request: change, response: Connector }),
  remove: operation(R, 'connectors.remove', { request: change, response: Empty }),
  upgrade: operation(R, 'connectors.upgrade', {
    request: inStore({ connectorId, expectedRevisions, version: Version, dryRun: Type.Optional(Type.Boolean()) }),
    response: Type.Object({ diff: UpgradeDiff, connector: Type.Optional(Connector) }),
  }),
  rollback: operation(R, 'connectors.rollback', { request: change, response: Connector }),
  /** The executor leaves a failing service alone for a while, or has done so long enough; the connector shows it. */
  reportCircuit: operation(R, 'connectors.report-circuit', {
    request: inStore({
      connectorId,
      state: Type.Union([Type.Literal('open'), Type.Literal('closed')]),
      reason: Type.String({ maxLength: 2_000 }),
    }),
    response: Empty,
  }),
  listExecutions: operation(R, 'executions.list', {
    request: inStore({
      include: includeTests,
      connectorId: Type.Optional(connectorId),
      hook: Type.Optional(Type.String()),
      status: Type.Optional(Type.Union([Type.Literal('succeeded'), Type.Literal('failed')])),
      errorClass: Type.Optional(ErrorClass),
      since: Type.Optional(Time),
      until: Type.Optional(Time),
      ...PageRequest,
    }),
    response: page(ExecutionSummary),
  }),
  getExecution: operation(R, 'executions.get', {
    request: inStore({ executionId: ExecutionIdSchema }),
    response: Execution,
  }),
  stats: operation(R, 'connectors.stats', {
    request: inStore({ connectorId, window: Window }),
    response: ConnectorStats,
  }),
} as const
