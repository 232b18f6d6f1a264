import { join } from 'node:path'
import { startNats } from '../nats/nats-server.ts'
import { natsCredentials, type NatsPasswords } from '../nats/nats-users.ts'
import { provisionStreams, type StreamSettings } from '../nats/streams.ts'
import { startPostgres } from '../postgres/postgres-server.ts'
import { provisionDatabase, provisionRoles, type DatabasePasswords } from '../postgres/roles.ts'
import { Keeper } from './keeper.ts'

/** The database of the read models. */
export const database = 'cartly'

/** Where a server is kept and found, and who stops it. */
export interface Place {
  dataDir: string
  port: number
  notify: (line: string) => void
  stops: AsyncDisposableStack
}

/** A server that is there: its keeper, unless it ran already. */
export interface OpenServer {
  url: string
  keeper?: Keeper
}

/** Starts NATS, or takes the one at `url`, and lays out the streams. */
export async function openNats(
  { dataDir, port, notify, stops }: Place,
  passwords: NatsPasswords,
  streams?: StreamSettings,
  url?: string,
): Promise<OpenServer> {
  const start = () => startNats({ dataDir: join(dataDir, 'nats'), port, passwords })
  const server =
    url === undefined
      ? { url: `nats://127.0.0.1:${port}`, keeper: await keep({ name: 'NATS', start, notify }, stops) }
      : { url }
  await provisionStreams(server.url.split(','), natsCredentials('provisioner', passwords), streams)
  return server
}

/** Starts Postgres, or takes the one at `url`, and lays out database, roles and schemas. */
export async function openPostgres(
  { dataDir, port, notify, stops }: Place,
  password: string,
  roles: DatabasePasswords,
  url?: string,
): Promise<OpenServer> {
  const start = () => startPostgres({ dataDir: join(dataDir, 'postgres'), port, password })
  const server =
    url === undefined
      ? {
          url: `postgres://cartly:${password}@127.0.0.1:${port}/postgres`,
          keeper: await keep({ name: 'Postgres', start, notify }, stops),
        }
      : { url }
  await provisionRoles(server.url, roles)
  await provisionDatabase(server.url, database)
  return server
}

async function keep(options: ConstructorParameters<typeof Keeper>[0], stops: AsyncDisposableStack): Promise<Keeper> {
  const keeper = new Keeper(options)
  await keeper.start()
  stops.defer(() => keeper.stop())
  return keeper
}
