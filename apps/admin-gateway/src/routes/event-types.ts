import { CartlyError, storeEventType, storeEventTypes, type StoreEventType } from '@cartly/contracts'
import { Type, type Static } from 'typebox'
import { route, type Route } from '../api/route.ts'

export const EventType = Type.Object({
  type: Type.String({ description: 'Such as `order.created`' }),
  version: Type.Integer(),
  description: Type.String(),
  schema: Type.Unknown({ description: 'JSON Schema 2020-12 of the whole CloudEvent' }),
  example: Type.Unknown({ description: 'A whole CloudEvent' }),
})
export type EventType = Static<typeof EventType>

const shown = ({ type, version, description, schema, example }: StoreEventType): EventType => ({
  type,
  version,
  description,
  schema,
  example,
})

const tag = 'Event types'
const scopes = ['webhooks:read', 'integrations:read'] as const

export const eventTypeRoutes: readonly Route[] = [
  route({
    id: 'listEventTypes',
    method: 'GET',
    path: '/v1/event-types',
    tag,
    summary: 'List what webhooks and hooks can listen to',
    scopes,
    params: {},
    response: Type.Object({ data: Type.Array(EventType), nextCursor: Type.Null() }),
    handle: async () => ({ data: storeEventTypes.map(shown), nextCursor: null }),
  }),
  route({
    id: 'getEventType',
    method: 'GET',
    path: '/v1/event-types/{type}',
    tag,
    summary: 'Read one event type',
    scopes,
    params: { type: Type.String({ maxLength: 128 }) },
    response: EventType,
    handle: async ({ params: { type } }) => {
      const known = storeEventType(type)
      if (!known) throw new CartlyError('not_found', 'not_found', `There is no event type ${type}`)
      return shown(known)
    },
  }),
]
