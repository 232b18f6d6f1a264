import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { resetFolder } from './engine/data-folder.ts'
import { startEngine, type Engine } from './engine/engine.ts'
import { serviceNames } from './engine/services.ts'
import { LaunchError } from './process/launch-error.ts'

// `npm start`: runs the engine until Ctrl-C or SIGTERM, then drains it.

const root = fileURLToPath(new URL('../../..', import.meta.url))

async function main(): Promise<void> {
  const began = performance.now()
  const flags = readFlags()
  const dataDir = resolve(flags.data)
  if (flags.reset) await resetFolder(dataDir)

  const asked = Promise.withResolvers<void>()
  let ready = false
  // Before it is ready there is nothing to drain: what was started is told to stop as this process leaves.
  const leave = () => (ready ? asked.resolve() : process.exit(0))
  process.on('SIGINT', leave).on('SIGTERM', leave)
  const parent = process.ppid
  setInterval(() => process.ppid === parent || leave(), 1000).unref()
  say('Starting NATS, Postgres and the services …')
  const engine = await startEngine({
    dataDir,
    services: flags.demo ? serviceNames : serviceNames.filter((name) => name !== 'demo-store'),
    ports: { gateway: flags.port, nats: 4222, postgres: 5433 },
    ...(process.env.NATS_URL && { natsUrl: process.env.NATS_URL }),
    ...(process.env.DATABASE_URL && { databaseUrl: process.env.DATABASE_URL }),
    notify: say,
  })
  ready = true
  greet(engine, dataDir, performance.now() - began)
  // What starting took is given back (`--expose-gc`): from here on this process only waits.
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })

  await asked.promise
  say('\nDraining …')
  await engine.stop()
  say('Stopped.')
}

function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        'no-demo': { type: 'boolean', default: false },
        data: { type: 'string', default: join(root, '.cartly') },
        reset: { type: 'boolean', default: false },
        port: { type: 'string', default: '4000' },
      },
    })
    const port = Number(values.port)
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`--port ${values.port} is not a port`)
    return { demo: !values['no-demo'], data: values.data, reset: values.reset, port }
  } catch (error) {
    throw new LaunchError((error as Error).message, 'Use: npm start -- [--no-demo] [--data DIR] [--reset] [--port N]')
  }
}

function greet({ run }: Engine, dataDir: string, tookMs: number): void {
  const lines = [
    `Ready in ${(tookMs / 1000).toFixed(1)} s.`,
    '',
    `  Console     ${signInLink(run)}`,
    `  API         ${run.gatewayUrl}/docs`,
    `  NATS        ${run.natsUrl}`,
    `  Data        ${dataDir} (addresses and secrets of this run: run.json)`,
    ...(run.demo ? [`  Demo store  ${run.demo.storeId}, with a receiver, a carrier and an authorization server`] : []),
    '',
    'Connectors and webhooks may reach 127.0.0.1 here; anywhere else only public addresses are allowed.',
    'Ctrl-C stops it.',
  ]
  say(lines.join('\n'))
}

/** Straight to the demo store where there is one; the token is in the fragment, which no server sees. */
function signInLink({ consoleUrl, adminToken, demo }: Engine['run']): string {
  const page = demo ? new URL(`stores/${demo.storeId}/integrations`, consoleUrl).href : consoleUrl
  return `${page}#token=${adminToken}`
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

try {
  await main()
} catch (error) {
  process.stderr.write(`\n✗ ${error instanceof LaunchError ? error.message : (error as Error).stack}\n`)
  process.exitCode = 1
}
