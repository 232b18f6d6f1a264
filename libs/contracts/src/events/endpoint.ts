import { Type, type Static, type TObject, type TProperties, type TSchema } from 'typebox'
import { eventFamily, v1, type EventOf } from '../event-family.ts'
import { CredentialIdSchema, EndpointIdSchema, StoreIdSchema } from '../ids.ts'
import { REDACTED } from '../secret.ts'

/** A filter on the event: JSON-pointer paths into the CloudEvent, each with a condition; all must hold. */
export const EndpointFilter = Type.Record(
  Type.String({ pattern: '^/' }),
  Type.Object(
    {
      equals: Type.Optional(Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])),
      in: Type.Optional(
        Type.Array(Type.Union([Type.String(), Type.Number(), Type.Boolean()]), { minItems: 1, maxItems: 100 }),
      ),
      not: Type.Optional(Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])),
      gt: Type.Optional(Type.Number()),
      gte: Type.Optional(Type.Number()),
      lt: Type.Optional(Type.Number()),
      lte: Type.Optional(Type.Number()),
      startsWith: Type.Optional(Type.String()),
      contains: Type.Optional(Type.Union([Type.String(), Type.Number()])),
      exists: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false, minProperties: 1 },
  ),
  { maxProperties: 20 },
)
export type EndpointFilter = Static<typeof EndpointFilter>

const headersOf = <Value extends TSchema>(value: Value) =>
  Type.Record(Type.String({ pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$" }), value, {
    maxProperties: 20,
    additionalProperties: false,
  })

const settings = {
  url: Type.String({ maxLength: 2_048 }),
  eventTypes: Type.Array(Type.String({ maxLength: 64, description: 'A type, `<entity>.*`, or `*`' }), {
    minItems: 1,
    maxItems: 50,
  }),
  description: Type.Optional(Type.String({ maxLength: 500 })),
  filter: Type.Optional(EndpointFilter),
  mapping: Type.Optional(Type.Unknown()),
  format: Type.Optional(Type.Union([Type.Literal('standard'), Type.Literal('cloudevents')])),
  signature: Type.Optional(Type.Union([Type.Literal('v1'), Type.Literal('v1a')])),
  ordering: Type.Optional(Type.Union([Type.Literal('none'), Type.Literal('entity')])),
  /**
   * With `ordering: "entity"`, what becomes of the events behind one that fails: `block` holds them back until it is
   * delivered or its retries are used up; `park` sets it aside, to be tried again by hand, and lets them pass.
   */
  orderFailure: Type.Optional(Type.Union([Type.Literal('block'), Type.Literal('park')])),
  rateLimitPerSecond: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  timeoutMs: Type.Optional(
    Type.Integer({ minimum: 100, maximum: 30_000, description: 'How long an attempt may take; 15,000 when absent' }),
  ),
  retrySchedule: Type.Optional(
    Type.Array(Type.Number({ minimum: 0, maximum: 172_800 }), {
      maxItems: 20,
      description:
        'Seconds to wait before each retry, after the attempt that is made at once; ' +
        '[5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400] when absent',
    }),
  ),
}

/**
 * Everything about an endpoint that its owner may set, as the owner sends it. A header's value is a secret: it goes to the
 * vault, and reads back as `[redacted]`. Sent in a change, `[redacted]` stands for the value that is stored.
 */
export const EndpointSettings = Type.Object(
  {
    ...settings,
    headers: Type.Optional(headersOf(Type.String({ minLength: 1, maxLength: 1_024, pattern: '^[\\t\\x20-\\x7e]*$' }))),
  },
  { additionalProperties: false },
)
export type EndpointSettings = Static<typeof EndpointSettings>

/** The same as it is kept, sent on the bus and shown: of its headers only the names say anything. */
export const EndpointConfig = Type.Object(
  { ...settings, headers: Type.Optional(headersOf(Type.Literal(REDACTED))) },
  { additionalProperties: false },
)
export type EndpointConfig = Static<typeof EndpointConfig>

/** A change of some of it (RFC 7396): what is absent stays, `null` takes a setting back to its default. */
type ChangeOf<Whole> = {
  [Name in keyof Whole]?: Whole[Name] | (undefined extends Whole[Name] ? null : never)
}
const changeOf = <Properties extends TProperties>({ properties, required }: TObject<Properties>) =>
  Type.Unsafe<ChangeOf<Static<TObject<Properties>>>>({
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => [
        name,
        (required as readonly string[]).includes(name) ? schema : { anyOf: [schema, { type: 'null' }] },
      ]),
    ),
  })

export const EndpointSettingsChange = changeOf(EndpointSettings)
export type EndpointSettingsChange = Static<typeof EndpointSettingsChange>

export const EndpointChange = changeOf(EndpointConfig)
export type EndpointChange = Static<typeof EndpointChange>

/** Version 1 had header values in the clear. They are dropped with their names: the vault does not have them. */
const withoutHeaders = (data: unknown): unknown => {
  const { config, ...rest } = data as { config: Record<string, unknown> }
  const { headers: _, ...kept } = config
  return { ...rest, config: kept }
}

/** The life of a webhook endpoint. Owner: webhook-dispatcher. */
export const endpointEvents = eventFamily('webhooks', 'endpoint', {
  EndpointCreated: {
    version: 2,
    upcast: { 1: withoutHeaders },
    data: Type.Object({
      endpointId: EndpointIdSchema,
      storeId: StoreIdSchema,
      config: EndpointConfig,
      /** Where the vault keeps the signing secret. */
      credentialId: CredentialIdSchema,
      /** The public half of a `v1a` key, `whpk_…`. */
      publicKey: Type.Optional(Type.String()),
      /** The version of the headers' values in the vault, where it has headers of its own. */
      headersVersion: Type.Optional(Type.Integer()),
      at: Type.String({ format: 'date-time' }),
    }),
  },
  /** The whole new configuration. */
  EndpointChanged: {
    version: 2,
    upcast: { 1: withoutHeaders },
    data: Type.Object({
      config: EndpointConfig,
      publicKey: Type.Optional(Type.String()),
      /** Which version of the headers' values the vault has made, when the change is one of them. */
      headersVersion: Type.Optional(Type.Integer()),
    }),
  },
  EndpointSecretRotated: v1(
    Type.Object({
      version: Type.Integer(),
      /** Until when the secret before it signs too. */
      overlapUntil: Type.String({ format: 'date-time' }),
      publicKey: Type.Optional(Type.String()),
    }),
  ),
  EndpointDisabled: v1(
    Type.Object({
      cause: Type.Union([Type.Literal('user'), Type.Literal('gone'), Type.Literal('failing')]),
      reason: Type.String(),
      at: Type.String({ format: 'date-time' }),
    }),
  ),
  EndpointEnabled: v1(Type.Object({})),
  EndpointDeleted: v1(Type.Object({})),
})
export type EndpointEvent = EventOf<typeof endpointEvents>
