import { join } from 'node:path'
import { databaseRoles, roleUrl } from '../postgres/roles.ts'
import type { LocalIssuer } from './issuer.ts'
import type { DemoInfo } from './demo-places.ts'
import type { Secrets } from './secrets.ts'
import { database } from './servers.ts'
import { hasDatabase, natsUserOf, type ServiceName } from './services.ts'

/** What the services of one engine are told of each other and of where they are. */
export interface Surroundings {
  dataDir: string
  secrets: Secrets
  natsUrl: string
  postgresUrl: string
  gatewayUrl: string
  issuer: LocalIssuer
  adminToken: string
  /** Where the demo's parts are, when it runs. */
  demo?: DemoInfo
  /** Of NATS, Postgres and the services' health: nothing that a merchant configures may send requests there. */
  ownPorts: number[]
}

/** What a service keeps beside its tables, such as the vault's keys, is for it alone. */
export function serviceFolder(dataDir: string, service: ServiceName): string {
  return join(dataDir, 'services', service)
}

/** The environment of a service. */
export function serviceEnv(service: ServiceName, healthPort: number, around: Surroundings): Record<string, string> {
  const { dataDir, secrets, natsUrl, postgresUrl, gatewayUrl } = around
  const user = natsUserOf(service)
  return {
    ...passedOn(),
    NATS_URL: natsUrl,
    NATS_USER: user,
    NATS_PASSWORD: secrets.nats[user],
    HEALTH_PORT: String(healthPort),
    CARTLY_DATA_DIR: serviceFolder(dataDir, service),
    PUBLIC_URL: gatewayUrl,
    EGRESS_ALLOWED_NETWORKS: '127.0.0.0/8,::1/128',
    EGRESS_DENIED_PORTS: around.ownPorts.join(','),
    ...(hasDatabase(service) && {
      DATABASE_URL: roleUrl(postgresUrl, database, databaseRoles[service], secrets.roles),
    }),
    ...(service === 'admin-gateway' && gatewayEnv(around)),
    ...(around.demo && service === 'demo-store' && demoEnv(around, around.demo)),
  }
}

function gatewayEnv({ gatewayUrl, issuer }: Surroundings): Record<string, string> {
  return {
    HOST: '127.0.0.1',
    PORT: new URL(gatewayUrl).port,
    AUTH_JWKS_URL: issuer.jwksUrl,
    AUTH_ISSUER: issuer.issuer,
    AUTH_AUDIENCE: issuer.audience,
  }
}

function demoEnv({ gatewayUrl, adminToken }: Surroundings, demo: DemoInfo): Record<string, string> {
  return {
    GATEWAY_URL: gatewayUrl,
    ADMIN_TOKEN: adminToken,
    DEMO_STORE_ID: demo.storeId,
    RECEIVER_PORT: new URL(demo.receiverUrl).port,
    CARRIER_PORT: new URL(demo.carrierUrl).port,
    AUTHORIZATION_SERVER_PORT: new URL(demo.authorizationServerUrl).port,
  }
}

/** Of this process's own environment: where programs and certificates are, and how to log and export. */
function passedOn(): Record<string, string> {
  const wanted = /^(PATH|HOME|TMPDIR|LANG|TZ|LOG_LEVEL|NODE_EXTRA_CA_CERTS|OTEL_\w+)$/
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => wanted.test(entry[0])),
  )
}
