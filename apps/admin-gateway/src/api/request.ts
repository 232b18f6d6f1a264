import type { Caller } from '../auth/caller.ts'
import type { Route } from './route.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set once the request is admitted; absent on public routes. */
    caller: Caller
    token: string | undefined
  }
  interface FastifyContextConfig {
    /** The row that is served; absent for what is not of the API. */
    route?: Route
  }
}
