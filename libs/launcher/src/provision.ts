import { natsCredentials, natsPasswordVariable, type NatsPasswords } from './nats/nats-users.ts'
import { provisionStreams, type StreamSettings } from './nats/streams.ts'
import { databasePasswordVariable, databaseRoles, provisionDatabase, provisionRoles } from './postgres/roles.ts'
import type { DatabasePasswords } from './postgres/roles.ts'
import { database } from './engine/servers.ts'

// Run once by a deployment, before the services of each new version: lays out streams, roles, database and schemas, or
// brings those that are there to the settings. Reads
//   NATS_URL, NATS_PASSWORD_PROVISIONER
//   DATABASE_URL                    of a superuser, or of a role that may create databases and roles
//   DATABASE_PASSWORD_<ROLE>        REGISTRY, VAULT, EXECUTOR, DISPATCHER, OAUTH
//   STREAM_REPLICAS, STORE_DAYS, ACTIVITY_DAYS, AUDIT_DAYS     if they are to differ from the defaults

const provisioner = { provisioner: required(natsPasswordVariable('provisioner')) } as NatsPasswords
const roles = Object.fromEntries(
  Object.values(databaseRoles).map((role) => [role, required(databasePasswordVariable(role))]),
) as DatabasePasswords
const settings: StreamSettings = {
  ...whole('replicas', 'STREAM_REPLICAS'),
  ...whole('storeDays', 'STORE_DAYS'),
  ...whole('activityDays', 'ACTIVITY_DAYS'),
  ...whole('auditDays', 'AUDIT_DAYS'),
}
const databaseUrl = required('DATABASE_URL')

await provisionStreams(required('NATS_URL').split(','), natsCredentials('provisioner', provisioner), settings)
await provisionRoles(databaseUrl, roles)
await provisionDatabase(databaseUrl, database)

function required(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}

function whole(setting: keyof StreamSettings, name: string): StreamSettings {
  const value = process.env[name]
  if (!value) return {}
  if (!/^[1-9]\d*$/.test(value)) throw new Error(`${name} must be a whole number above 0, and is ${value}`)
  return { [setting]: Number(value) }
}
