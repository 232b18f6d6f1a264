import {
  Connector,
  ConnectorIdSchema,
  ConnectorStats,
  ConnectorStatus,
  Endpoints,
  EndpointsChange,
  HistoryEntry,
  includeHealth,
  MappingOverrides,
  page,
  registry,
  Settings,
  StoreIdSchema,
  TestResult,
  UpgradeDiff,
  Window,
} from '@cartly/contracts'
import { Type } from 'typebox'
import { route, type Route } from '../api/route.ts'
import { pageOf, paging } from './paging.ts'

const tag = 'Connectors'
const read = ['integrations:read'] as const
const write = ['integrations:write'] as const
const all = '/v1/stores/{storeId}/connectors'
const one = `${all}/{connectorId}`
const store = { storeId: StoreIdSchema }
const connector = { ...store, connectorId: ConnectorIdSchema }

const name = Type.String({ minLength: 1, maxLength: 100 })
const version = Type.String({ pattern: '^\\d+\\.\\d+\\.\\d+$' })

const InstallConnector = Type.Object(
  {
    template: Type.Optional(Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$', description: 'Slug of a template' })),
    version: Type.Optional(version),
    definition: Type.Optional(Type.Unknown({ description: 'A definition of your own, in the form of a template' })),
    name: Type.Optional(name),
    settings: Type.Optional(Settings),
    endpoints: Type.Optional(Endpoints),
    mappings: Type.Optional(MappingOverrides),
  },
  { additionalProperties: false },
)

const ConfigureConnector = Type.Object(
  {
    name: Type.Optional(name),
    settings: Type.Optional(Settings),
    endpoints: Type.Optional(EndpointsChange),
    mappings: Type.Optional(MappingOverrides),
  },
  { additionalProperties: false, minProperties: 1 },
)

const UpgradeConnector = Type.Object(
  { version, dryRun: Type.Optional(Type.Boolean({ description: 'Only say what would change' })) },
  { additionalProperties: false },
)

const Upgraded = Type.Object({ diff: UpgradeDiff, connector: Type.Optional(Connector) })

export const connectorRoutes: readonly Route[] = [
  route({
    id: 'installConnector',
    method: 'POST',
    path: all,
    tag,
    summary: 'Install a connector',
    description: 'From a template of the catalogue (`template`), or from a definition of your own (`definition`).',
    scopes: write,
    params: store,
    body: InstallConnector,
    example: { template: 'shippo', name: 'Shippo', settings: {} },
    response: Connector,
    status: 201,
    etag: true,
    tells: { connectorId: '/id', hook: '/hooks/0/name' },
    handle: ({ params, body, ask }) => ask(registry.install, { ...params, ...body }),
  }),
  route({
    id: 'listConnectors',
    method: 'GET',
    path: all,
    tag,
    summary: "List a store's connectors",
    scopes: read,
    params: store,
    query: { status: Type.Optional(ConnectorStatus), include: includeHealth, ...paging },
    response: page(Connector),
    handle: ({ params, query, ask }) => ask(registry.list, { ...params, ...pageOf(query) }),
  }),
  route({
    id: 'getConnector',
    method: 'GET',
    path: one,
    tag,
    summary: 'Read a connector, as it is or as it was',
    scopes: read,
    params: connector,
    query: { asOf: Type.Optional(Type.String({ format: 'date-time', description: 'As it was at this time' })) },
    response: Connector,
    etag: true,
    handle: ({ params, query, ask }) => ask(registry.get, { ...params, ...query }),
  }),
  route({
    id: 'configureConnector',
    method: 'PATCH',
    path: one,
    tag,
    summary: 'Change a connector',
    description: 'What is left out stays as it is. The connector must pass its test again before it can be activated.',
    scopes: write,
    params: connector,
    body: ConfigureConnector,
    example: { name: 'Shippo, test account', endpoints: { baseUrl: 'https://api.goshippo.com' } },
    response: Connector,
    etag: true,
    ifMatch: true,
    handle: ({ params, body, expectedRevisions, ask }) =>
      ask(registry.configure, { ...params, ...body, expectedRevisions }),
  }),
  route({
    id: 'removeConnector',
    method: 'DELETE',
    path: one,
    tag,
    summary: 'Remove a connector and destroy its credentials',
    scopes: write,
    params: connector,
    ifMatch: true,
    handle: async ({ params, expectedRevisions, ask }) => {
      await ask(registry.remove, { ...params, expectedRevisions })
    },
  }),
  route({
    id: 'testConnector',
    method: 'POST',
    path: `${one}/test`,
    tag,
    summary: 'Test the connection to the service',
    description: 'A failed test is an answer, not an error: look at `ok` and `checks`.',
    scopes: write,
    params: connector,
    response: TestResult,
    ifMatch: true,
    handle: ({ params, expectedRevisions, ask }) => ask(registry.test, { ...params, expectedRevisions }),
  }),
  route({
    id: 'activateConnector',
    method: 'POST',
    path: `${one}/activate`,
    tag,
    summary: 'Activate a connector',
    description: 'Needs credentials, and a test passed since the last change.',
    scopes: write,
    params: connector,
    response: Connector,
    etag: true,
    ifMatch: true,
    handle: ({ params, expectedRevisions, ask }) => ask(registry.activate, { ...params, expectedRevisions }),
  }),
  route({
    id: 'deactivateConnector',
    method: 'POST',
    path: `${one}/deactivate`,
    tag,
    summary: 'Deactivate a connector',
    scopes: write,
    params: connector,
    response: Connector,
    etag: true,
    ifMatch: true,
    handle: ({ params, expectedRevisions, ask }) => ask(registry.deactivate, { ...params, expectedRevisions }),
  }),
  route({
    id: 'upgradeConnector',
    method: 'POST',
    path: `${one}/upgrade`,
    tag,
    summary: 'Move a connector to another version of its template',
    description: 'Answers with what differs; with `dryRun`, that is all it does.',
    scopes: write,
    params: connector,
    body: UpgradeConnector,
    example: { version: '1.1.0', dryRun: true },
    response: Upgraded,
    ifMatch: true,
    handle: ({ params, body, expectedRevisions, ask }) =>
      ask(registry.upgrade, { ...params, ...body, expectedRevisions }),
  }),
  route({
    id: 'rollbackConnector',
    method: 'POST',
    path: `${one}/rollback`,
    tag,
    summary: 'Undo the last upgrade',
    scopes: write,
    params: connector,
    response: Connector,
    etag: true,
    ifMatch: true,
    handle: ({ params, expectedRevisions, ask }) => ask(registry.rollback, { ...params, expectedRevisions }),
  }),
  route({
    id: 'listConnectorHistory',
    method: 'GET',
    path: `${one}/history`,
    tag,
    summary: 'List what happened to a connector: who, when, what changed',
    scopes: read,
    params: connector,
    query: paging,
    response: page(HistoryEntry),
    handle: ({ params, query, ask }) => ask(registry.history, { ...params, ...pageOf(query) }),
  }),
  route({
    id: 'getConnectorStats',
    method: 'GET',
    path: `${one}/stats`,
    tag,
    summary: 'Read success rates and response times of a connector',
    scopes: ['executions:read', 'integrations:read'],
    params: connector,
    query: { window: Type.Optional(Window) },
    response: ConnectorStats,
    handle: ({ params, query, ask }) => ask(registry.stats, { ...params, window: query.window ?? '24h' }),
  }),
]
