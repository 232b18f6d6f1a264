import { fileURLToPath } from 'node:url'
import { readEnv } from '@cartly/service'
import { Type } from 'typebox'

const Count = Type.String({ pattern: '^[1-9]\\d{0,6}$' })

const GatewayEnv = Type.Object({
  PORT: Type.String({ pattern: '^\\d{1,5}$' }),
  HOST: Type.Optional(Type.String({ description: '127.0.0.1 when absent' })),
  PUBLIC_URL: Type.String({ format: 'uri', description: 'How browsers and providers reach the gateway' }),
  AUTH_JWKS_URL: Type.String({ format: 'uri', description: "The token issuer's public keys: https, http or file" }),
  AUTH_ISSUER: Type.String({ minLength: 1 }),
  AUTH_AUDIENCE: Type.String({ minLength: 1 }),
  RATE_LIMIT_PER_SECOND: Type.Optional(Count),
  RATE_LIMIT_BURST: Type.Optional(Count),
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
  readonly auth: { readonly jwksUrl: string; readonly issuer: string; readonly audience: string }
  readonly rateLimit: { readonly perSecond: number; readonly burst: number }
  readonly trustedProxies: readonly string[]
  /** The console's built files; need not be there. */
  readonly consoleDir: string
}

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
    rateLimit: { perSecond, burst: Number(env.RATE_LIMIT_BURST ?? perSecond * 2) },
    trustedProxies: env.TRUSTED_PROXIES?.split(',').map((network) => network.trim()) ?? [],
    consoleDir: env.CONSOLE_DIR ?? builtConsole,
  }
}
