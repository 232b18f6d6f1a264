import { natsUsers, type NatsUser } from '../nats/nats-users.ts'
import type { DemoInfo } from './demo-places.ts'
import { database } from './servers.ts'
import type { Surroundings } from './service-env.ts'
import type { ServiceProcess } from './service-process.ts'

/** What `run.json` says about a running engine (`design/contract.md`, "Commands"). It holds secrets: mode 0600. */
export interface RunInfo {
  gatewayUrl: string
  consoleUrl: string
  natsUrl: string
  /** By the user's name in camel case: `natsUsers.storePlatform`. */
  natsUsers: Record<string, { user: NatsUser; password: string }>
  /** The superuser's way into the database of the read models. */
  postgresUrl: string
  /** A bearer token for every store and scope. */
  adminToken: string
  /** `healthUrl` answers 200 while the process lives; `/readyz` beside it, while it takes work. */
  services: Record<string, { pid: number; healthUrl: string }>
  demo?: DemoInfo
}

/** What is so now; a service between two starts has pid 0. */
export function runInfo(around: Surroundings, processes: readonly ServiceProcess[]): RunInfo {
  const postgresUrl = new URL(around.postgresUrl)
  postgresUrl.pathname = `/${database}`
  const users = natsUsers.map((user) => [camelCase(user), { user, password: around.secrets.nats[user] }])
  const services = processes.map(({ keeper, healthUrl }) => [keeper.name, { pid: keeper.pid ?? 0, healthUrl }])
  return {
    gatewayUrl: around.gatewayUrl,
    consoleUrl: `${around.gatewayUrl}/`,
    natsUrl: around.natsUrl,
    natsUsers: Object.fromEntries(users),
    postgresUrl: postgresUrl.href,
    adminToken: around.adminToken,
    services: Object.fromEntries(services),
    ...(around.demo && { demo: around.demo }),
  }
}

function camelCase(name: string): string {
  return name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}
