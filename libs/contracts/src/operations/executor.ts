import { Type, type Static } from 'typebox'
import { ExecutionError, ResultSource } from '../activity/execution.ts'
import { ConnectorIdSchema, ExecutionIdSchema, StoreIdSchema } from '../ids.ts'
import { operation } from '../operation.ts'
import { inStore } from './common.ts'
import { Headroom, TestResult } from './connectors.ts'

export const MAX_DEADLINE_MS = 8_000
export const DEFAULT_DEADLINE_MS = 3_000
/** How long a caller waits: what is asked for beyond the most is refused, over NATS as over HTTP, and not cut down. */
export const DeadlineMs = Type.Integer({
  minimum: 1,
  maximum: MAX_DEADLINE_MS,
  description: `${DEFAULT_DEADLINE_MS} when absent; more than ${MAX_DEADLINE_MS} is refused`,
})
/** How much later than its deadline an answer may be. */
export const DEADLINE_GRACE_MS = 50

/** What the store platform sends on `integrations.invoke.<storeId>.<hook>`. */
export const InvokeRequest = Type.Object({
  connectorId: Type.Optional(ConnectorIdSchema),
  input: Type.Unknown(),
  deadlineMs: Type.Optional(DeadlineMs),
  idempotencyKey: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
})
export type InvokeRequest = Static<typeof InvokeRequest>

export const InvokeResult = Type.Object({
  connectorId: ConnectorIdSchema,
  executionId: ExecutionIdSchema,
  status: Type.Union([Type.Literal('succeeded'), Type.Literal('failed')]),
  source: ResultSource,
  output: Type.Optional(Type.Unknown()),
  error: Type.Optional(ExecutionError),
})
export type InvokeResult = Static<typeof InvokeResult>

export const InvokeReply = Type.Object({ results: Type.Array(InvokeResult) })
export type InvokeReply = Static<typeof InvokeReply>

export const invokeSubject = (storeId: string, hook: string): string => `integrations.invoke.${storeId}.${hook}`

const E = 'hook-executor' as const
const Hook = Type.String({ pattern: '^[a-z][a-z0-9_]{0,63}$' })

export const PreviewedRequest = Type.Object({
  step: Type.String(),
  method: Type.String(),
  url: Type.String(),
  headers: Type.Record(Type.String(), Type.String()),
  body: Type.Optional(Type.Unknown()),
})

export const MappingPreview = Type.Object(
  {
    mapping: Type.Unknown({ description: 'A mapping, as in a template' }),
    input: Type.Unknown({ description: 'What it reads; `backward`, what it has written' }),
    mappings: Type.Optional(
      Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), {
        description: 'Rules by name, for `$apply` to use',
      }),
    ),
    direction: Type.Optional(
      Type.Union([Type.Literal('forward'), Type.Literal('backward')], { description: '`forward` when absent' }),
    ),
  },
  { additionalProperties: false },
)

export const executor = {
  /** Runs a template's test connection. `afterSequence`: the caller's last event of this connector, which must be known first. */
  test: operation(E, 'test', {
    request: inStore({ connectorId: ConnectorIdSchema, afterSequence: Type.Integer() }),
    response: TestResult,
    timeoutMs: 18_000,
  }),
  /** One connector's hook, over HTTP. */
  invoke: operation(E, 'invoke', {
    request: inStore({
      connectorId: ConnectorIdSchema,
      hook: Hook,
      input: Type.Unknown(),
      deadlineMs: Type.Optional(DeadlineMs),
      idempotencyKey: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    }),
    response: InvokeResult,
    timeoutMs: MAX_DEADLINE_MS + 1_000,
  }),
  preview: operation(E, 'preview', {
    request: inStore({
      connectorId: ConnectorIdSchema,
      hook: Hook,
      input: Type.Unknown(),
      /** Answers to pretend, by step. */
      responses: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    }),
    response: Type.Object({
      requests: Type.Array(PreviewedRequest),
      output: Type.Optional(Type.Unknown()),
      error: Type.Optional(ExecutionError),
    }),
  }),
  /**
   * What a mapping makes of an input; `backward`, what its inverse makes of what it gives. An error's pointer leads into
   * the mapping, or, with `/mappings/<name>` before it, into one of the named ones.
   */
  previewMapping: operation(E, 'mappings.preview', {
    request: MappingPreview,
    response: Type.Object({
      output: Type.Optional(Type.Unknown()),
      error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String(), pointer: Type.String() })),
    }),
  }),
  /** As the replica that answers sees it. */
  headroom: operation(E, 'headroom', {
    request: inStore({ connectorId: ConnectorIdSchema }),
    response: Headroom,
  }),
  replay: operation(E, 'replay', {
    request: Type.Object({
      storeId: StoreIdSchema,
      executionId: ExecutionIdSchema,
      connectorId: ConnectorIdSchema,
      hook: Hook,
      input: Type.Unknown(),
      /** With the configuration of then instead of today's. */
      asOf: Type.Optional(Type.String({ format: 'date-time' })),
    }),
    response: InvokeResult,
    timeoutMs: MAX_DEADLINE_MS + 1_000,
  }),
} as const
