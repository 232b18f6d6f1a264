import { Secret } from '@cartly/contracts'
import { expiryOf, refreshTime } from '../domain/refresh-time.ts'
import type { OAuthSpec } from '../protocol/client.ts'
import type { Tokens } from '../protocol/token-endpoint.ts'
import type { IssuedTokens } from './token-vault.ts'

/** Tokens as they are to be kept: what the reply leaves out is as before, or as asked for (RFC 6749 sections 5.1 and 6). */
export function issuedTokens(
  spec: OAuthSpec,
  tokens: Tokens,
  issuedAt: number,
  before: { readonly refreshToken?: Secret | undefined; readonly scopes: readonly string[] },
): IssuedTokens {
  return {
    accessToken: new Secret(tokens.accessToken),
    tokenType: tokens.tokenType,
    refreshToken: tokens.refreshToken === undefined ? before.refreshToken : new Secret(tokens.refreshToken),
    issuedAt,
    expiresAt: expiryOf(issuedAt, tokens.expiresIn, spec),
    scopes: tokens.scopes ?? before.scopes,
  }
}

export const missingScopes = (spec: OAuthSpec, granted: readonly string[]): string[] =>
  spec.scopes.filter((scope) => !granted.includes(scope))

/** What the log says of tokens' time. */
export function timesOf(
  spec: OAuthSpec,
  { issuedAt, expiresAt }: { issuedAt: number; expiresAt: number | null },
): { expiresAt: string | null; refreshAt: string | null } {
  const lifetimes = spec.grant === 'authorization_code' ? spec : { ...spec, idleExpirySeconds: undefined }
  return { expiresAt: iso(expiresAt), refreshAt: iso(refreshTime(issuedAt, expiresAt, lifetimes)) }
}

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())
