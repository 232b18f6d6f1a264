import { Type } from 'typebox'

/** `?limit=&cursor=` of every list. */
export const paging = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, description: 'How many; 50 when absent' })),
  cursor: Type.Optional(Type.String({ maxLength: 1_024, description: '`nextCursor` of the page before' })),
}

const DEFAULT_LIMIT = 50

/** The page that was asked for, its size settled. */
export const pageOf = <Q extends { limit?: number }>(query: Q): Q & { limit: number } => ({
  ...query,
  limit: query.limit ?? DEFAULT_LIMIT,
})
