import { Type, type Static, type TSchema } from 'typebox'

/**
 * A store event as the platform publishes it: CloudEvents 1.0 structured JSON.
 * Open to extension attributes, which are passed on as they came.
 */
export const cloudEventOf = <D extends TSchema>(type: string, data: D) =>
  Type.Object({
    specversion: Type.Literal('1.0'),
    id: Type.String({ minLength: 1, maxLength: 128, description: "The event's id; also its Nats-Msg-Id" }),
    source: Type.String({ minLength: 1, maxLength: 512, format: 'uri-reference' }),
    type: Type.Literal(type),
    time: Type.Optional(Type.String({ format: 'date-time' })),
    subject: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 128,
        description: "Id of the entity; without it the data's `id` is taken",
      }),
    ),
    datacontenttype: Type.Optional(Type.Literal('application/json')),
    data,
  })

export interface StoreEvent {
  specversion: '1.0'
  id: string
  source: string
  type: string
  time?: string
  subject?: string
  datacontenttype?: 'application/json'
  data: Record<string, unknown>
}

/** Which order, product, customer or stock an event is about: what `ordering: "entity"` keeps in sequence. */
export function entityOf(event: StoreEvent): string {
  const { id, productId } = event.data
  return event.subject ?? (typeof id === 'string' ? id : typeof productId === 'string' ? productId : event.id)
}

/** What every store event has, whatever its type: checked first, so that an unknown type is told from a broken event. */
export const CloudEventShape = Type.Object({
  specversion: Type.Literal('1.0'),
  id: Type.String({ minLength: 1, maxLength: 128 }),
  source: Type.String({ minLength: 1, maxLength: 512 }),
  type: Type.String({ minLength: 1, maxLength: 128 }),
  time: Type.Optional(Type.String({ format: 'date-time' })),
  subject: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
  datacontenttype: Type.Optional(Type.Literal('application/json')),
  data: Type.Object({}),
})
export type CloudEventShape = Static<typeof CloudEventShape>
