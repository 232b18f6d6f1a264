export { eventually, type Patience } from './process/eventually.ts'
export { freePort } from './process/free-port.ts'
export { LaunchError } from './process/launch-error.ts'
export { claimFile, readPidFile, stopByPidFile } from './process/pid-file.ts'
export type { Exit, ServerProcess } from './process/server-process.ts'
export { startNats, type NatsServer, type NatsServerOptions } from './nats/nats-server.ts'
export {
  natsCredentials,
  natsPasswordVariable,
  natsUsers,
  newNatsPasswords,
  type NatsCredentials,
  type NatsPasswords,
  type NatsUser,
} from './nats/nats-users.ts'
export { provisionStreams, streamConfigs, type StreamSettings } from './nats/streams.ts'
export { startPostgres, type PostgresServer, type PostgresServerOptions } from './postgres/postgres-server.ts'
export {
  databaseRoles,
  newDatabasePasswords,
  provisionDatabase,
  provisionRoles,
  roleUrl,
  type DatabasePasswords,
  type DatabaseRole,
} from './postgres/roles.ts'
export { startEngine, type Engine, type EngineOptions } from './engine/engine.ts'
export type { TokenClaims } from './engine/issuer.ts'
export type { Keeper } from './engine/keeper.ts'
export type { DemoInfo } from './engine/demo-places.ts'
export type { RunInfo } from './engine/run-info.ts'
export type { ServiceName } from './engine/services.ts'
export { nodeFlags, serviceNames } from './engine/services.ts'
