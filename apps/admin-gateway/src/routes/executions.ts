import {
  conflict,
  ConnectorIdSchema,
  ErrorClass,
  Execution,
  ExecutionIdSchema,
  ExecutionSummary,
  executor,
  includeTests,
  InvokeResult,
  page,
  registry,
  StoreIdSchema,
  Time,
} from '@cartly/contracts'
import { Type } from 'typebox'
import { route, type Route } from '../api/route.ts'
import { pageOf, paging } from './paging.ts'

const tag = 'Executions'
const read = ['executions:read'] as const
const all = '/v1/stores/{storeId}/executions'
const store = { storeId: StoreIdSchema }
const execution = { ...store, executionId: ExecutionIdSchema }

const filters = {
  include: includeTests,
  hook: Type.Optional(Type.String({ maxLength: 64 })),
  status: Type.Optional(Type.Union([Type.Literal('succeeded'), Type.Literal('failed')])),
  errorClass: Type.Optional(ErrorClass),
  since: Type.Optional(Time),
  until: Type.Optional(Time),
  ...paging,
}

const ReplayExecution = Type.Object(
  {
    configuration: Type.Optional(
      Type.Union([Type.Literal('current'), Type.Literal('original')], {
        description: "Today's configuration (`current`, the default), or that of the day",
      }),
    ),
  },
  { additionalProperties: false },
)

export const executionRoutes: readonly Route[] = [
  route({
    id: 'listConnectorExecutions',
    method: 'GET',
    path: '/v1/stores/{storeId}/connectors/{connectorId}/executions',
    tag,
    summary: 'List the runs of a connector, newest first',
    scopes: read,
    params: { ...store, connectorId: ConnectorIdSchema },
    query: filters,
    response: page(ExecutionSummary),
    handle: ({ params, query, ask }) => ask(registry.listExecutions, { ...params, ...pageOf(query) }),
  }),
  route({
    id: 'listExecutions',
    method: 'GET',
    path: all,
    tag,
    summary: 'List the runs of all connectors of a store, newest first',
    scopes: read,
    params: store,
    query: filters,
    response: page(ExecutionSummary),
    tells: { executionId: '/data/0/id' },
    handle: ({ params, query, ask }) => ask(registry.listExecutions, { ...params, ...pageOf(query) }),
  }),
  route({
    id: 'getExecution',
    method: 'GET',
    path: `${all}/{executionId}`,
    tag,
    summary: 'Read a run, step by step',
    description: 'Each step with its requests and answers (secrets redacted), times, attempts, and mapping in and out.',
    scopes: read,
    params: execution,
    response: Execution,
    handle: ({ params, ask }) => ask(registry.getExecution, params),
  }),
  route({
    id: 'replayExecution',
    method: 'POST',
    path: `${all}/{executionId}/replay`,
    tag,
    summary: 'Run it again with the same input',
    scopes: ['executions:replay'],
    params: execution,
    body: ReplayExecution,
    bodyOptional: true,
    example: { configuration: 'current' },
    response: InvokeResult,
    handle: async ({ params, body, ask }) => {
      const { connectorId, hook, input, startedAt, trigger } = await ask(registry.getExecution, params)
      if (trigger === 'test') {
        throw conflict('test_not_replayed', `This was a test of the connection: POST …/connectors/${connectorId}/test`)
      }
      if (input.truncated) {
        throw conflict('input_not_kept', 'The input was too large to be kept whole, so this run cannot be replayed')
      }
      const asOf = body.configuration === 'original' ? startedAt : undefined
      return ask(executor.replay, { ...params, connectorId, hook, input: input.content, asOf })
    },
  }),
]
