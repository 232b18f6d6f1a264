import { fileURLToPath } from 'node:url'
import { readEnv } from '@cartly/service'
import { Type } from 'typebox'
import { scopes } from './auth/scope.ts'
import type { TokenRules } from './auth/token-verifier.ts'
import type { OidcClient } from './sign-in/oidc-sign-in.ts'

const Count = Type.String({ pattern: '^[1-9]\\d{0,6}$' })

const GatewayEnv = Type.Object({
  PORT: Type.String({ pattern: '^\\d{1,5}$' }),
  HOST: Type.Optional(Type.String({ description: '127.0.0.1 when absent' })),
  PUBLIC_URL: Type.String({ format: 'uri', description: 'How browsers and providers reach the gateway' }),
  AUTH_JWKS_URL: Type.String({ format: 'uri', description: "The token issuer's public keys: https, http or file" }),
  AUTH_ISSUER: Type.String({ minLength: 1 }),
  AUTH_AUDIENCE: Type.String({ minLength: 1 }),
  AUTH_OIDC_CLIENT_ID: Type.Optional(
    Type.String({ description: 'People sign in to the console at AUTH_ISSUER, as this client of it; empty as absent' }),
  ),
  AUTH_OIDC_CLIENT_SECRET: Type.Optional(Type.String({ description: 'Absent or empty for a public client' })),
  AUTH_OIDC_SCOPE: Type.Optional(Type.String({ description: '`openid` and every scope but `admin` when absent' })),
  RATE_LIMIT_PER_SECOND: Type.Optional(Count),
  RATE_LIMIT_BURST: Type.Optional(Count),
  TRACE_VIEWER_URL: Type.Optional(
    Type.String({
      pattern: '^(https?://.*\\{traceId\\}.*)?$',
      description:
        'Where a trace is looked at, `{traceId}` standing for its id: the console links to it; empty as absent',
    }),
  ),
  CONSOLE_DIR: Type.Optional(Type.String({ description: "The console's built files; apps/console/dist when absent" })),
  TRUSTED_PROXIES: Type.Optional(
    Type.String({ description: 'Addresses or networks whose X-Forwarded-For is believed' }),
  ),
})

export interface GatewaySettings {
  readonly port: number
  readonly host: string
  /** Without a slash at its end. */
  readonly publicUrl: string
  readonly auth: TokenRules
  /** Absent where people sign in by a link alone. */
  readonly oidc: OidcClient | undefined
  readonly rateLimit: { readonly perSecond: number; readonly burst: number }
  readonly trustedProxies: readonly string[]
  /** The console's built files; need not be there. */
  readonly consoleDir: string
  /** Where a trace is looked at, `{traceId}` standing for its id; empty when nowhere. */
  readonly traceViewerUrl: string
}

const ordinaryScopes = ['openid', ...scopes.filter((scope) => scope !== 'admin')].join(' ')

/** Seen from here in `src` and in `dist` alike. */
const builtConsole = fileURLToPath(new URL('../../console/dist/', import.meta.url))

/** @throws Error that names each variable that is missing or wrong. */
export function readSettings(): GatewaySettings {
  const env = readEnv(GatewayEnv)
  const perSecond = Number(env.RATE_LIMIT_PER_SECOND ?? 500)
  return {
    port: Number(env.PORT),
    host: env.HOST ?? '127.0.0.1',
    publicUrl: env.PUBLIC_URL.replace(/\/+$/, ''),
    auth: { jwksUrl: env.AUTH_JWKS_URL, issuer: env.AUTH_ISSUER, audience: env.AUTH_AUDIENCE },
    oidc: env.AUTH_OIDC_CLIENT_ID
      ? {
          clientId: env.AUTH_OIDC_CLIENT_ID,
          clientSecret: env.AUTH_OIDC_CLIENT_SECRET || undefined,
          scope: env.AUTH_OIDC_SCOPE || ordinaryScopes,
        }
      : undefined,
    rateLimit: { perSecond, burst: Number(env.RATE_LIMIT_BURST ?? perSecond * 2) },
    trustedProxies: env.TRUSTED_PROXIES?.split(',').map((network) => network.trim()) ?? [],
    consoleDir: env.CONSOLE_DIR ?? builtConsole,
    traceViewerUrl: env.TRACE_VIEWER_URL ?? '',
  }
}
