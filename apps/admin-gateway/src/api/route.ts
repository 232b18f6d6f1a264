import type { RequestOf, ResponseOf, Operation } from '@cartly/contracts'
import type { BusClient, CallOptions } from '@cartly/messaging'
import type { Static, TObject, TProperties, TSchema } from 'typebox'
import type { Caller } from '../auth/caller.ts'
import type { Scope } from '../auth/scope.ts'
import type { LiveHub } from '../live/live-hub.ts'
import type { OidcSignIn } from '../sign-in/oidc-sign-in.ts'
import type { Answer } from './answer.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Asks a service on behalf of the caller: their name, the request's command id and its trace go with it. */
export type Ask = <O extends Operation>(
  operation: O,
  payload: RequestOf<O>,
  options?: Pick<CallOptions, 'deadlineAt'>,
) => Promise<ResponseOf<O>>

/** A request that has passed authentication, scope, store and validation. */
export interface Call<P = unknown, Q = unknown, B = unknown> {
  readonly params: P
  readonly query: Q
  readonly body: B
  readonly caller: Caller
  /** From `If-Match`. */
  readonly expectedRevisions: number[] | undefined
  /** From `Idempotency-Key`. */
  readonly idempotencyKey: string | undefined
  readonly ask: Ask
  readonly bus: BusClient
  readonly live: LiveHub
  /** Absent where people sign in by a link alone. */
  readonly signIn: OidcSignIn | undefined
  /** The gateway's own address, as browsers reach it. */
  readonly publicUrl: string
  readonly request: CallRequest
}

/** The little of HTTP that a few routes need. */
export interface CallRequest {
  readonly token: string | undefined
  readonly cookies: Readonly<Record<string, string | undefined>>
}

/**
 * One row of the API. The gateway is nothing but these rows: handlers, checks, limits, log lines and `/openapi.json` all
 * come from them.
 */
export interface RouteSpec<P extends TProperties, Q extends TProperties, B extends TSchema, R extends TSchema> {
  /** `operationId` in OpenAPI: a verb and a noun, unique. */
  readonly id: string
  readonly method: Method
  /** With parameters in braces. A route with `{storeId}` is of a store: other stores' callers get 404. */
  readonly path: string
  readonly tag: string
  readonly summary: string
  readonly description?: string
  /** Any of these will do; an empty list asks for a valid token alone, `public` for none. */
  readonly scopes: readonly Scope[] | 'public'
  /** It concerns every store, so the caller has to be one who may enter all. */
  readonly everyStore?: boolean
  readonly params: P
  readonly query?: Q
  /** Further query parameters are taken as they come: they are another party's. */
  readonly openQuery?: boolean
  readonly body?: B
  /** Whether the body may be left out. */
  readonly bodyOptional?: boolean
  /** A body that validates, for the documentation. */
  readonly example?: Static<B>
  /** Absent: 204, or an `Answer` of the route's own (see `produces`). */
  readonly response?: R
  readonly status?: 200 | 201
  /** Media type of what is not JSON. */
  readonly produces?: 'text/event-stream' | 'text/html'
  /** The statuses that what it produces comes with, and what each says; 200 when absent. */
  readonly pages?: Readonly<Record<number, string>>
  /** It may answer 302: whereto. */
  readonly redirects?: string
  /** Path parameters that its answer tells, and where in it (JSON Pointer): what one can go on to. */
  readonly tells?: Readonly<Record<string, string>>
  /** Statuses of problems that others of its kind do not have. */
  readonly problems?: readonly number[]
  /** The answer carries `revision`, and so an `ETag`. */
  readonly etag?: boolean
  /** `If-Match` is honoured. */
  readonly ifMatch?: boolean
  /** A POST that `Idempotency-Key` does not apply to: its answer is bound to the browser, so that each has to be new. */
  readonly repeatable?: boolean
  readonly handle: (call: CallOf<P, Q, B>) => Promise<Static<R> | Answer | void>
}

type CallOf<P extends TProperties, Q extends TProperties, B extends TSchema> = Call<
  Static<TObject<P>>,
  Static<TObject<Q>>,
  Static<B>
>

/** A row whose answer holds what must not be kept for replays (`Idempotency-Key`): a secret. */
export interface RevealingRouteSpec<
  P extends TProperties,
  Q extends TProperties,
  B extends TSchema,
  R extends TSchema,
  Kept,
> extends Omit<RouteSpec<P, Q, B, R>, 'handle'> {
  /** Gives the answer without the secret. */
  readonly handle: (call: CallOf<P, Q, B>) => Promise<Kept>
  /** Adds the secret, to a fresh answer and to a replayed one alike. */
  readonly reveal: (answer: Kept, call: CallOf<P, Q, B>) => Promise<Static<R>>
}

/** A row, its own types forgotten: the table's. */
export interface Route extends Omit<RouteSpec<TProperties, TProperties, TSchema, TSchema>, 'handle' | 'example'> {
  readonly example?: unknown
  readonly handle: (call: Call) => Promise<unknown>
  readonly reveal?: (answer: unknown, call: Call) => Promise<unknown>
}

/** Declares a row; `handle` is typed by its schemas. */
export function route<
  P extends TProperties,
  R extends TSchema,
  Q extends TProperties = Record<never, never>,
  B extends TSchema = TSchema,
>(spec: RouteSpec<P, Q, B, R>): Route {
  return spec as unknown as Route
}

/** Declares a row that reveals a secret. */
export function revealingRoute<
  P extends TProperties,
  R extends TSchema,
  Kept,
  Q extends TProperties = Record<never, never>,
  B extends TSchema = TSchema,
>(spec: RevealingRouteSpec<P, Q, B, R, Kept>): Route {
  return spec as unknown as Route
}

export const isStoreScoped = ({ path }: Route): boolean => path.includes('{storeId}')

/** Whether `Idempotency-Key` applies. */
export const isIdempotent = ({ method, scopes, repeatable }: Route): boolean =>
  method === 'POST' && scopes !== 'public' && !repeatable
