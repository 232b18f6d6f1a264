import { Type, type Static } from 'typebox'
import { ConnectorIdSchema, ExecutionIdSchema, StoreIdSchema } from '../ids.ts'

/** How a failure of an outside service is to be taken (ADR 0004). */
export const errorClasses = ['transient', 'configuration', 'permanent', 'unknown'] as const
export const ErrorClass = Type.Enum(errorClasses)
export type ErrorClass = Static<typeof ErrorClass>

/** Where an answer came from. */
export const resultSources = ['live', 'cache', 'stale', 'backup'] as const
export const ResultSource = Type.Enum(resultSources)
export type ResultSource = Static<typeof ResultSource>

export const ExecutionError = Type.Object({ class: ErrorClass, code: Type.String(), message: Type.String() })
export type ExecutionError = Static<typeof ExecutionError>

/** A body as it is kept: at most 16 KiB, secrets redacted. JSON stays JSON, anything else is text. */
export const RecordedBody = Type.Object({ content: Type.Unknown(), truncated: Type.Boolean() })

export const StepAttempt = Type.Object({
  attempt: Type.Integer({ minimum: 1 }),
  /** Position of the item or page, of a `forEach` or paginated step. */
  index: Type.Optional(Type.Integer()),
  startedAt: Type.String({ format: 'date-time' }),
  durationMs: Type.Number(),
  request: Type.Object({
    method: Type.String(),
    url: Type.String(),
    headers: Type.Record(Type.String(), Type.String()),
    body: Type.Optional(RecordedBody),
  }),
  response: Type.Optional(
    Type.Object({
      status: Type.Integer(),
      headers: Type.Record(Type.String(), Type.String()),
      body: Type.Optional(RecordedBody),
    }),
  ),
  error: Type.Optional(ExecutionError),
})
export type StepAttempt = Static<typeof StepAttempt>

export const StepRecord = Type.Object({
  id: Type.String(),
  status: Type.Union([Type.Literal('succeeded'), Type.Literal('failed'), Type.Literal('skipped')]),
  /** Milliseconds from the start of the execution. */
  offsetMs: Type.Number(),
  durationMs: Type.Number(),
  /** What its rules were given to make the request of, arranged as a rule reads it: `{ input: { to }, steps: { … } }`. */
  input: Type.Optional(RecordedBody),
  attempts: Type.Array(StepAttempt),
  /** What its rules made of the response. */
  output: Type.Optional(RecordedBody),
  error: Type.Optional(ExecutionError),
})
export type StepRecord = Static<typeof StepRecord>

/** A test of the connection is recorded as a run of this, with the trigger `test`; it counts in no rate. */
export const TEST_HOOK = 'test_connection'

export const executionTriggers = ['invoke', 'event', 'test', 'replay'] as const

/** One run of a hook, published once it has ended on `act.hook.<storeId>.<connectorId>`. */
export const ExecutionRecorded = Type.Object({
  executionId: ExecutionIdSchema,
  storeId: StoreIdSchema,
  connectorId: ConnectorIdSchema,
  hook: Type.String(),
  trigger: Type.Enum(executionTriggers),
  /** The store event that set it off. */
  eventId: Type.Optional(Type.String()),
  replayOf: Type.Optional(ExecutionIdSchema),
  /** Revision of the connector it ran with, and the template's version. */
  connectorRevision: Type.Integer(),
  templateVersion: Type.Union([Type.String(), Type.Null()]),
  status: Type.Union([Type.Literal('succeeded'), Type.Literal('failed')]),
  source: ResultSource,
  error: Type.Optional(ExecutionError),
  startedAt: Type.String({ format: 'date-time' }),
  durationMs: Type.Number(),
  deadlineMs: Type.Integer(),
  input: RecordedBody,
  output: Type.Optional(RecordedBody),
  steps: Type.Array(StepRecord),
  traceId: Type.Optional(Type.String()),
})
export type ExecutionRecorded = Static<typeof ExecutionRecorded>

export const executionSubject = (storeId: string, connectorId: string): string => `act.hook.${storeId}.${connectorId}`
