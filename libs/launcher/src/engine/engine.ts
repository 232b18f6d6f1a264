import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { givenNatsPasswords } from '../nats/nats-users.ts'
import type { StreamSettings } from '../nats/streams.ts'
import { freePort } from '../process/free-port.ts'
import { pickPort } from '../process/pick-port.ts'
import { claimFolder } from './data-folder.ts'
import { demoPlaces } from './demo-places.ts'
import { startIssuer, type TokenClaims } from './issuer.ts'
import type { Keeper } from './keeper.ts'
import { runInfo, type RunInfo } from './run-info.ts'
import { keptSecrets, writePrivate } from './secrets.ts'
import { openNats, openPostgres } from './servers.ts'
import { serviceEnv, serviceFolder, type Surroundings } from './service-env.ts'
import { ServiceProcess } from './service-process.ts'
import { serviceNames, serviceProgram, type ServiceName } from './services.ts'

export interface EngineOptions {
  /** Where everything is kept: streams, databases, secrets, logs, and `run.json` while it runs. */
  dataDir: string
  /** Which services to run; all of them, without the demo, if not said. */
  services?: readonly ServiceName[]
  /** Wishes; what is not said, or taken, is a free port. */
  ports?: { gateway?: number; nats?: number; postgres?: number }
  streams?: StreamSettings
  /** More environment for a service, or under `*` for all. */
  env?: Partial<Record<ServiceName | '*', Record<string, string>>>
  /** Servers that run already, instead of starting them; the NATS users' passwords are then in `NATS_PASSWORD_<USER>`. */
  natsUrl?: string
  databaseUrl?: string
  /** Is told what a person should know: restarts, taken ports, warnings and errors of services. */
  notify?: (line: string) => void
  /** The program of a service, other than the built one. */
  program?: (service: ServiceName) => string
}

/** A running engine. */
export interface Engine {
  readonly run: RunInfo
  /** Every process, by name: `nats`, `postgres`, the services. `kill()` is a crash, `stop()` an outage until `start()`. */
  readonly parts: Readonly<Record<string, Keeper>>
  /** A token of the local issuer. */
  token(claims: TokenClaims): Promise<string>
  /** Resolves when the service answers `/readyz` with 200. @throws LaunchError when it does not within a minute. */
  ready(service: ServiceName): Promise<void>
  /** Drains the services, then stops Postgres and NATS. */
  stop(): Promise<void>
}

/** A service has 10 s to drain by itself before it leaves; this is a little more. */
const drainMs = 12_000

/**
 * Starts NATS and Postgres, lays out streams, roles and schemas, and starts the services; resolves when all are ready.
 * What a killed run left running in the same folder is stopped first.
 *
 * @throws LaunchError when another engine uses the folder, or a part does not start.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const stops = new AsyncDisposableStack()
  try {
    return await start(options, stops)
  } catch (error) {
    await stops.disposeAsync()
    throw error
  }
}

/** What is to be undone at the end goes on `stops`, the last first. */
async function start(options: EngineOptions, stops: AsyncDisposableStack): Promise<Engine> {
  const { services = serviceNames.filter((name) => name !== 'demo-store'), notify = () => {} } = options
  const dataDir = resolve(options.dataDir)
  const { orphans, release } = await claimFolder(dataDir)
  stops.defer(release)
  if (orphans > 0) notify(`Stopped ${orphans} processes that an earlier run left behind.`)

  const secrets = await keptSecrets(dataDir)
  if (options.natsUrl !== undefined) secrets.nats = givenNatsPasswords(process.env)
  const ports = await pickPorts(options.ports ?? {}, notify, stops)
  const [nats, postgres] = await allOrNone([
    openNats({ dataDir, notify, stops, port: ports.nats }, secrets.nats, options.streams, options.natsUrl),
    openPostgres(
      { dataDir, notify, stops, port: ports.postgres },
      secrets.postgres,
      secrets.roles,
      options.databaseUrl,
    ),
  ])
  const issuer = await startIssuer(secrets.issuer)
  stops.defer(() => issuer.close())

  const healthPorts = await freePorts(services)
  const demoFolder = serviceFolder(dataDir, 'demo-store')
  const around: Surroundings = {
    dataDir,
    secrets,
    natsUrl: nats.url,
    postgresUrl: postgres.url,
    gatewayUrl: `http://127.0.0.1:${ports.gateway}`,
    issuer,
    adminToken: await issuer.sign({ stores: '*' }),
    ...(services.includes('demo-store') && { demo: await demoPlaces(demoFolder, notify, stops) }),
    ownPorts: [ports.nats, ports.postgres, ...Object.values(healthPorts)],
  }
  const processes = await startServices({ ...options, services, notify }, healthPorts, around, stops)

  const keepers = [nats.keeper, postgres.keeper, ...processes.map(({ keeper }) => keeper)].filter((keeper) => !!keeper)
  return {
    get run() {
      return runInfo(around, processes)
    },
    parts: Object.fromEntries(keepers.map((keeper) => [keeper.name.toLowerCase(), keeper])),
    token: (claims) => issuer.sign(claims),
    async ready(service) {
      await processes.find((process) => process.keeper.name === service)?.ready()
    },
    stop: () => stops.disposeAsync(),
  }
}

/** Starts the services, waits until all are ready, and keeps `run.json` true from then on. */
async function startServices(
  options: EngineOptions & Required<Pick<EngineOptions, 'services' | 'notify'>>,
  healthPorts: Record<ServiceName, number>,
  around: Surroundings,
  stops: AsyncDisposableStack,
): Promise<ServiceProcess[]> {
  const { services, notify, env = {}, program = serviceProgram } = options
  const { dataDir } = around
  const runFile = join(dataDir, 'run.json')
  let published = false
  const publish = () => published && writePrivate(runFile, runInfo(around, processes))
  stops.defer(() => rmSync(runFile, { force: true }))

  const processes = services.map((service) => {
    mkdirSync(serviceFolder(dataDir, service), { recursive: true, mode: 0o700 })
    const healthPort = healthPorts[service]
    return new ServiceProcess({
      service,
      program: program(service),
      env: { ...serviceEnv(service, healthPort, around), ...env['*'], ...env[service] },
      healthPort,
      dataDir,
      notify,
      onRestart: publish,
    })
  })
  const [front, back] = [processes.filter(isFront), processes.filter((process) => !isFront(process))]
  for (const wave of [back, front]) {
    stops.defer(async () => void (await Promise.all(wave.map((process) => process.stop(drainMs)))))
  }
  await allOrNone(processes.map((process) => process.keeper.start()))
  await Promise.all(processes.map((process) => process.ready()))
  published = true
  publish()
  return processes
}

/** Those who ask are drained before those who answer. */
function isFront({ keeper }: ServiceProcess): boolean {
  return keeper.name === 'demo-store' || keeper.name === 'admin-gateway'
}

async function pickPorts(
  wished: NonNullable<EngineOptions['ports']>,
  notify: (line: string) => void,
  stops: AsyncDisposableStack,
): Promise<Record<'nats' | 'postgres' | 'gateway', number>> {
  const pick = async (name: string, wish: number | undefined) => {
    const { port, release } = await pickPort(name, wish, notify)
    stops.defer(release)
    return port
  }
  return {
    nats: await pick('NATS', wished.nats),
    postgres: await pick('Postgres', wished.postgres),
    gateway: await pick('the gateway', wished.gateway),
  }
}

async function freePorts<Name extends string>(names: readonly Name[]): Promise<Record<Name, number>> {
  const ports = await Promise.all(names.map(async (name) => [name, await freePort()] as const))
  return Object.fromEntries(ports) as Record<Name, number>
}

/** As `Promise.all`, but a failure is thrown only when nothing is under way any more, so that all of it can be undone. */
async function allOrNone<T extends readonly unknown[]>(work: [...T]): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work)
  return Promise.all(work)
}
