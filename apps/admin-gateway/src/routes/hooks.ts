import {
  ConnectorIdSchema,
  DEADLINE_GRACE_MS,
  DeadlineMs,
  DEFAULT_DEADLINE_MS,
  executor,
  InvokeResult,
  MappingPreview,
  StoreIdSchema,
} from '@cartly/contracts'
import { Type } from 'typebox'
import { route, type Route } from '../api/route.ts'

const tag = 'Hooks'
const path = '/v1/stores/{storeId}/connectors/{connectorId}/hooks/{hook}'
const params = {
  storeId: StoreIdSchema,
  connectorId: ConnectorIdSchema,
  hook: Type.String({ pattern: '^[a-z][a-z0-9_]{0,63}$', description: 'Name of a hook, such as `get_rates`' }),
}

/** What the way to the executor and back may take beyond the deadline. */
const BUS_GRACE_MS = 500

const InvokeHook = Type.Object(
  {
    input: Type.Unknown({ description: "Fits the hook's input schema" }),
    deadlineMs: Type.Optional(DeadlineMs),
    idempotencyKey: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description: 'Passed on to the service; the Idempotency-Key when absent',
      }),
    ),
  },
  { additionalProperties: false },
)

const PreviewHook = Type.Object(
  {
    input: Type.Unknown({ description: "Fits the hook's input schema" }),
    responses: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'Answers to pretend, by step' }),
    ),
  },
  { additionalProperties: false },
)

const address = {
  street1: '731 Valencia Street',
  city: 'San Francisco',
  state: 'CA',
  postalCode: '94110',
  country: 'US',
}
const ratesInput = {
  from: address,
  to: { ...address, street1: '1 Main Street', city: 'Austin', state: 'TX', postalCode: '78701' },
  parcels: [
    {
      length: { value: 20, unit: 'cm' },
      width: { value: 15, unit: 'cm' },
      height: { value: 10, unit: 'cm' },
      weight: { value: 500, unit: 'g' },
    },
  ],
}

export const hookRoutes: readonly Route[] = [
  route({
    id: 'invokeHook',
    method: 'POST',
    path: `${path}/invoke`,
    tag,
    summary: 'Run a hook',
    description:
      'Answers within `deadlineMs`, whatever the service does. A failed run is an answer, not an error: look at `status`.',
    scopes: ['integrations:write'],
    params,
    body: InvokeHook,
    example: { input: ratesInput, deadlineMs: 3_000 },
    response: InvokeResult,
    tells: { executionId: '/executionId' },
    handle: ({ params: hook, body, idempotencyKey, ask }) => {
      const deadlineMs = body.deadlineMs ?? DEFAULT_DEADLINE_MS
      const deadlineAt = Date.now() + deadlineMs + DEADLINE_GRACE_MS + BUS_GRACE_MS
      return ask(executor.invoke, { ...hook, idempotencyKey, ...body, deadlineMs }, { deadlineAt })
    },
  }),
  route({
    id: 'previewHook',
    method: 'POST',
    path: `${path}/preview`,
    tag,
    summary: 'Show what a hook would send, without sending it',
    scopes: ['integrations:read', 'integrations:write'],
    params,
    body: PreviewHook,
    example: { input: ratesInput },
    response: executor.preview.response,
    handle: ({ params: hook, body, ask }) => ask(executor.preview, { ...hook, ...body }),
  }),
  route({
    id: 'previewMapping',
    method: 'POST',
    path: '/v1/mappings/preview',
    tag,
    summary: 'Try a mapping on an input',
    description:
      'Backwards too, where each rule can be read so. A mapping that fails is an answer: `error` says where, from `/mappings/<name>` on in a named one.',
    scopes: ['integrations:read', 'integrations:write'],
    params: {},
    body: MappingPreview,
    example: { mapping: { total: { path: '/total/amount' } }, input: { total: { amount: 1250, currency: 'USD' } } },
    response: executor.previewMapping.response,
    handle: ({ body, ask }) => ask(executor.previewMapping, body),
  }),
]
