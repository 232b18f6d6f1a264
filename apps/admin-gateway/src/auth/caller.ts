import type { Scope } from './scope.ts'

/** Who is asking, as their token says. */
export interface Caller {
  /** `user:<subject of the token>`: goes into every event and audit record that follows. */
  readonly actor: string
  readonly stores: readonly string[] | '*'
  readonly scopes: ReadonlySet<Scope>
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  /** Tells one token from another without holding it: what a rate limit counts by. */
  readonly tokenId: string
  /** A cookie is sent by the browser unasked, so it needs more proof than a header (`assertSameOrigin`). */
  readonly via: 'header' | 'cookie'
}

/** Whether the caller holds one of the scopes; an empty list asks for a valid token alone. */
export const mayUse = ({ scopes }: Pick<Caller, 'scopes'>, anyOf: readonly Scope[]): boolean =>
  anyOf.length === 0 || scopes.has('admin') || anyOf.some((scope) => scopes.has(scope))

export const mayEnter = ({ stores }: Pick<Caller, 'stores'>, storeId: string): boolean =>
  stores === '*' || stores.includes(storeId)
