import { dropRetired, progressOf, rebuild, type Bus, type Projection } from '@cartly/event-store'
import { connectNats } from '@cartly/messaging'
import { createDataSource } from '@cartly/read-model'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { Type } from 'typebox'
import type { DataSource } from 'typeorm'
import { readEnv, ServiceEnv } from './env.ts'

const usage = 'projections status | rebuild NAME | drop NAME'

const Env = Type.Object({
  ...Type.Pick(ServiceEnv, ['NATS_URL', 'NATS_USER', 'NATS_PASSWORD']).properties,
  DATABASE_URL: Type.String({ minLength: 1 }),
})

/**
 * The read models of a service from the command line, in the service's own environment and while it runs:
 *
 * - `status`: every generation of every projection, and how far it is behind the stream
 * - `rebuild NAME`: fills the tables anew beside the live ones, which queries see until the new ones have caught up.
 *   Broken off, it goes on where it was when it is begun again
 * - `drop NAME`: drops the tables that a rebuild has replaced
 *
 * Exits 0, or 1 with what was wrong on standard error.
 */
export async function runProjectionsCommand(schema: string, projections: readonly Projection[]): Promise<void> {
  const [command = 'status', name] = process.argv.slice(2)
  const named = projections.find((projection) => projection.name === name)
  if (command !== 'status' && !(named && ['rebuild', 'drop'].includes(command))) {
    return leave(`${usage}\nNAME is one of ${projections.map((projection) => projection.name).join(', ')}`)
  }
  await opened(schema, async (bus, dataSource) => {
    if (command === 'rebuild' && named) await rebuildLoudly(bus, dataSource, named)
    if (command === 'drop' && named) say(`dropped ${(await dropRetired(dataSource, named)).length} of ${named.name}`)
    for (const projection of named ? [named] : projections) await status(bus, dataSource, projection)
  }).catch((error: unknown) => leave((error as Error).message))
}

async function opened(schema: string, work: (bus: Bus, dataSource: DataSource) => Promise<void>): Promise<void> {
  const env = readEnv(Env)
  const nc = await connectNats({ servers: env.NATS_URL.split(','), user: env.NATS_USER, password: env.NATS_PASSWORD })
  const dataSource = createDataSource({ url: env.DATABASE_URL, schema })
  try {
    await dataSource.initialize()
    await work({ nc, js: jetstream(nc), jsm: await jetstreamManager(nc, { checkAPI: false }) }, dataSource)
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy()
    await nc.close()
  }
}

async function rebuildLoudly(bus: Bus, dataSource: DataSource, projection: Projection): Promise<void> {
  const stopping = new AbortController()
  process.once('SIGINT', () => stopping.abort())
  process.once('SIGTERM', () => stopping.abort())
  let saidAt = 0
  const onProgress = ({ sequence, pending }: { sequence: number; pending: number }): void => {
    if (Date.now() - saidAt < 1_000) return
    saidAt = Date.now()
    say(`${projection.name}: at ${sequence}, ${pending} to come`)
  }
  await rebuild({ bus, dataSource, projection, signal: stopping.signal, onProgress })
}

async function status(bus: Bus, dataSource: DataSource, projection: Projection): Promise<void> {
  const { generations, lastSequence } = await progressOf(bus, dataSource, projection)
  for (const { generation, version, status: state, sequence } of generations) {
    const behind =
      state === 'retired' ? '' : `, ${sequence >= lastSequence ? 'caught up' : `stream at ${lastSequence}`}`
    say(`${projection.name} generation ${generation}, version ${version}: ${state}, at ${sequence}${behind}`)
  }
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)

function leave(reason: string): void {
  process.stderr.write(`${reason}\n`)
  process.exitCode = 1
}
