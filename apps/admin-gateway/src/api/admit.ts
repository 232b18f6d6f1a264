import { CartlyError } from '@cartly/contracts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { mayEnter, mayUse, type Caller } from '../auth/caller.ts'
import { assertSameOrigin, tokenOf } from '../auth/session.ts'
import { assertWithinLimit } from '../http/rate-limit.ts'
import type { ApiParts } from './parts.ts'
import { isStoreScoped, type Route } from './route.ts'

/**
 * Who is it, how often do they come, may they do this, and is the store theirs? In this order, so that a stranger learns
 * nothing of stores.
 * @throws CartlyError `unauthenticated`, `rate_limited`, `forbidden`, `not_found`
 */
export async function admit(
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
  parts: Pick<ApiParts, 'verifier' | 'limit'>,
): Promise<void> {
  if (route.scopes === 'public') return assertWithinLimit(parts.limit, request.ip, reply)
  const caller = await identify(request, reply, parts)
  assertWithinLimit(parts.limit, caller.tokenId, reply)
  if (caller.via === 'cookie') assertSameOrigin(request)
  if (!mayUse(caller, route.scopes)) {
    const message = `The token does not allow this: it needs the scope ${route.scopes.join(' or ')}`
    throw new CartlyError('forbidden', 'insufficient_scope', message)
  }
  if (route.everyStore && caller.stores !== '*') {
    throw new CartlyError(
      'forbidden',
      'every_store_needed',
      'This concerns every store: it needs a token of all stores',
    )
  }
  const { storeId } = request.params as { storeId?: string }
  // As for a store that does not exist: who may not enter is not told that it does.
  if (isStoreScoped(route) && !mayEnter(caller, storeId as string)) {
    throw new CartlyError('not_found', 'not_found', `There is no store ${storeId}`)
  }
}

async function identify(
  request: FastifyRequest,
  reply: FastifyReply,
  { verifier, limit }: Pick<ApiParts, 'verifier' | 'limit'>,
): Promise<Caller> {
  try {
    const { token, via } = tokenOf(request)
    request.token = token
    request.caller = await verifier.verify(token, via)
    return request.caller
  } catch (error) {
    // Guessing tokens is limited by address.
    assertWithinLimit(limit, request.ip, reply)
    throw error
  }
}
