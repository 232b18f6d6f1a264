import createClient, { type Middleware } from 'openapi-fetch'
import { ApiError, type Problem } from './api-error.ts'
import type { components, paths } from './schema.ts'

/** The named shapes of the API. */
export type Schemas = components['schemas']

const changing = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/** Marks changes as the console's own (the gateway's guard against forged requests), and makes POSTs safe to repeat. */
const console: Middleware = {
  onRequest({ request }) {
    if (changing.has(request.method)) request.headers.set('x-cartly-console', '1')
    if (request.method === 'POST' && !request.headers.has('idempotency-key')) {
      request.headers.set('idempotency-key', crypto.randomUUID())
    }
    return request
  },
}

/** The public API, typed by its OpenAPI document. The session cookie goes along by itself. */
export const api = createClient<paths>({ baseUrl: location.origin, credentials: 'same-origin' })
api.use(console)

/**
 * What a call answered.
 * @throws ApiError when the gateway refused, or could not be reached
 */
export async function answered<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    throw ApiError.unreachable(cause)
  })
  if (response.ok) return data as T
  throw new ApiError(isProblem(error) ? error : unexpected(response))
}

const isProblem = (error: unknown): error is Problem => typeof error === 'object' && error !== null && 'detail' in error

const unexpected = ({ status, statusText }: Response): Problem => ({
  type: 'about:blank',
  title: statusText || 'Error',
  status,
  code: 'unexpected_answer',
  detail: `The server answered ${status} without saying why`,
})
