import { Type, type Static, type TSchema } from 'typebox'
import { StoreIdSchema } from '../ids.ts'

/** Every request names the store it is for: a service answers `not_found` for another store's things. */
export const inStore = <P extends Record<string, TSchema>>(properties: P) =>
  Type.Object({ storeId: StoreIdSchema, ...properties })

export const PageRequest = {
  limit: Type.Integer({ minimum: 1, maximum: 200 }),
  cursor: Type.Optional(Type.String({ maxLength: 1_024 })),
}

export const page = <S extends TSchema>(item: S) =>
  Type.Object({ data: Type.Array(item), nextCursor: Type.Union([Type.String(), Type.Null()]) })

/** The revisions a change is meant for (`If-Match`); when the present one is another, it is refused as `precondition_failed`. */
export const expectedRevisions = Type.Optional(Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1 }))

export const Time = Type.String({ format: 'date-time' })
export const Empty = Type.Object({})
export const Window = Type.Union([Type.Literal('1h'), Type.Literal('24h'), Type.Literal('7d'), Type.Literal('30d')])
export type Window = Static<typeof Window>

const Count = Type.Integer({ minimum: 0 })

/** Success, failure and response times over a window; percentiles come from histograms that merge, within 1 %. */
export const Stats = Type.Object({
  window: Window,
  total: Count,
  succeeded: Count,
  failed: Count,
  successRate: Type.Union([Type.Number(), Type.Null()], { description: '0 to 1; null when there was nothing' }),
  latencyMs: Type.Object({
    p50: Type.Union([Type.Number(), Type.Null()]),
    p95: Type.Union([Type.Number(), Type.Null()]),
    p99: Type.Union([Type.Number(), Type.Null()]),
  }),
  series: Type.Array(
    Type.Object({
      at: Time,
      total: Count,
      failed: Count,
      p50: Type.Union([Type.Number(), Type.Null()]),
      p95: Type.Union([Type.Number(), Type.Null()]),
    }),
  ),
})
export type Stats = Static<typeof Stats>

/** How something did in the last 24 hours, by the hour: what a list says of each of its rows (`?include=health`). */
export const Health = Type.Object({
  total: Count,
  failed: Count,
  successRate: Type.Union([Type.Number(), Type.Null()], { description: '0 to 1; null when there was nothing' }),
  p95Ms: Type.Union([Type.Number(), Type.Null()]),
  hours: Type.Array(Type.Object({ at: Time, total: Count, failed: Count }), {
    description: 'Those in which something happened, the oldest first',
  }),
  lastFailure: Type.Optional(
    Type.Object(
      { id: Type.String(), at: Time },
      { description: 'Of an execution, or of a delivery that was given up' },
    ),
  ),
})
export type Health = Static<typeof Health>

/** `?include=health`, of lists whose rows have something to say of how they did. */
export const includeHealth = Type.Optional(
  Type.Literal('health', { description: 'Say of each how it did in the last 24 hours' }),
)

/** What happened to an aggregate: who, when, what changed. */
export const HistoryEntry = Type.Object({
  revision: Type.Integer(),
  at: Time,
  actor: Type.String(),
  type: Type.String(),
  data: Type.Unknown(),
})
export type HistoryEntry = Static<typeof HistoryEntry>
