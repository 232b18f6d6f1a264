import { fileURLToPath } from 'node:url'
import { databaseRoles } from '../postgres/roles.ts'
import type { NatsUser } from '../nats/nats-users.ts'

/** The processes of the engine beside NATS and Postgres, in the order in which they are drained: who asks before who answers. */
export const serviceNames = [
  'demo-store',
  'admin-gateway',
  'webhook-dispatcher',
  'hook-executor',
  'connector-registry',
  'oauth-refresher',
  'credential-vault',
] as const

export type ServiceName = (typeof serviceNames)[number]

/** The NATS user that a service is; the demo is a store platform. */
export function natsUserOf(service: ServiceName): NatsUser {
  return service === 'demo-store' ? 'store-platform' : service
}

export function hasDatabase(service: ServiceName): service is keyof typeof databaseRoles {
  return service in databaseRoles
}

/** The built program of a service. */
export function serviceProgram(service: ServiceName): string {
  return fileURLToPath(new URL(`../../../../apps/${service}/dist/main.js`, import.meta.url))
}

/**
 * How Node runs a service. By itself V8 lets the young generation grow to three times 64 MiB before it collects, which at
 * rest is a third of the memory of all services; only the dispatcher, which handles thousands of events a second, gains
 * from it. The executor, whose buyers wait while it is collected, gains from 16. `--expose-gc` lets a service give back
 * what starting took (`libs/service`). See `docs/footprint.md`.
 */
export function nodeFlags(service: ServiceName): string[] {
  if (service === 'webhook-dispatcher') return ['--expose-gc']
  return ['--expose-gc', `--max-semi-space-size=${service === 'hook-executor' ? 16 : 4}`]
}
