import { CartlyError, invalid, page, storeEventType, storeEventTypes, type StoreEventType } from '@cartly/contracts'
import { Type, type Static } from 'typebox'
import { route, type Route } from '../api/route.ts'
import { pageOf, paging } from './paging.ts'

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

const unknownCursor = invalid('invalid_cursor', 'The cursor is not one that this list gave', [
  { pointer: '/cursor', message: 'must be a nextCursor of this list' },
])

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
    query: paging,
    response: page(EventType),
    tells: { type: '/data/0/type' },
    handle: async ({ query }) => {
      const { limit, cursor } = pageOf(query)
      const from = cursor === undefined ? 0 : storeEventTypes.findIndex(({ type }) => type === cursor) + 1
      if (cursor !== undefined && from === 0) throw unknownCursor
      const data = storeEventTypes.slice(from, from + limit).map(shown)
      return { data, nextCursor: from + limit < storeEventTypes.length ? data.at(-1)!.type : null }
    },
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
