import { readEnv } from '@cartly/service'
import { Type } from 'typebox'
import { defaultHealthSettings, type HealthSettings } from './domain/health.ts'

const Count = Type.String({ pattern: '^[1-9]\\d{0,8}$' })

const Env = Type.Object({
  DATABASE_URL: Type.String({ minLength: 1 }),
  EGRESS_ALLOWED_NETWORKS: Type.Optional(
    Type.String({ description: 'Networks in CIDR notation, separated by commas' }),
  ),
  WEBHOOKS_PER_ENDPOINT: Type.Optional(Count),
  WEBHOOKS_PER_STORE: Type.Optional(Count),
  WEBHOOKS_PER_PROCESS: Type.Optional(Count),
  WEBHOOKS_RETRY_AFTER_CAP_SECONDS: Type.Optional(Count),
  ACTIVITY_DAYS: Type.Optional(Count),
})

export interface Settings {
  readonly databaseUrl: string
  readonly allowedNetworks: readonly string[]
  /** Attempts in flight at most: of a store over all replicas, and in this process. */
  readonly concurrency: { readonly perStore: number; readonly perProcess: number }
  readonly health: HealthSettings
  /** The longest that a receiver may have us wait by `Retry-After`, in milliseconds. */
  readonly retryAfterCapMs: number
  /** How long an endpoint may fail everything before it is disabled, in milliseconds. */
  readonly disableAfterMs: number
  /** How long deliveries can be looked at, in days: as long as the ACTIVITY stream keeps attempts. */
  readonly activityDays: number
}

const DAY_MS = 86_400_000

/** @throws Error that names each variable of the environment that is missing or wrong. */
export function readSettings(): Settings {
  const env = readEnv(Env)
  return {
    databaseUrl: env.DATABASE_URL,
    allowedNetworks: env.EGRESS_ALLOWED_NETWORKS?.split(',').filter(Boolean) ?? [],
    concurrency: {
      perProcess: Number(env.WEBHOOKS_PER_PROCESS ?? 2_048),
      perStore: Number(env.WEBHOOKS_PER_STORE ?? 512),
    },
    health: {
      ...defaultHealthSettings,
      maxConcurrency: Number(env.WEBHOOKS_PER_ENDPOINT ?? defaultHealthSettings.maxConcurrency),
    },
    retryAfterCapMs: Number(env.WEBHOOKS_RETRY_AFTER_CAP_SECONDS ?? 86_400) * 1_000,
    disableAfterMs: 5 * DAY_MS,
    activityDays: Number(env.ACTIVITY_DAYS ?? 30),
  }
}
