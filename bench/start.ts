/**
 * `npm start` on a built tree, in a folder that is thrown away: how long until it says that it is ready, the first time
 * and again; then, at rest, what it holds and does. With and without the demo, whose store has no events here: its
 * events would be work, not rest.
 * Run: `npm run bench -- start [seconds at rest] [plain|demo]` (default 30, and both).
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort, type RunInfo } from '@cartly/launcher'
import { connect } from '@nats-io/transport-node'
import { Client } from 'pg'
import { processTree, type ProcessUsage } from './lib/processes.ts'
import { printTable, rounded, saveResult, type Row } from './lib/report.ts'

const root = join(import.meta.dirname, '..')
const seconds = Number(process.argv[2] ?? 30)
const kinds = (process.argv[3]?.split(',') ?? ['plain', 'demo']) as ('plain' | 'demo')[]
/** The first seconds still carry what the start left to be done. */
const SETTLE_SECONDS = 10

interface Started {
  readonly process: ChildProcess
  readonly readySeconds: number
  readonly run: RunInfo
}

async function start(dataDir: string, kind: 'plain' | 'demo'): Promise<Started> {
  const began = performance.now()
  const flags = ['--data', dataDir, '--port', String(await freePort()), ...(kind === 'plain' ? ['--no-demo'] : [])]
  const child = spawn('npm', ['start', '--', ...flags], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DEMO_RATE: '0' },
  })
  for await (const line of createInterface({ input: child.stdout })) if (line.startsWith('Ready in')) break
  const readySeconds = (performance.now() - began) / 1_000
  child.stdout.resume()
  return { process: child, readySeconds, run: JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as RunInfo }
}

async function stop({ process: child }: Started): Promise<void> {
  child.kill('SIGTERM')
  await once(child, 'exit')
}

/** How much the servers have been asked so far. */
async function asked({ run }: Started): Promise<{ statements: number; natsApi: number }> {
  const database = new Client({ connectionString: run.postgresUrl })
  await database.connect()
  // A statement outside a transaction is one of its own, and the statements of a projection's batch are one in all.
  const { rows } = await database.query(
    'SELECT (xact_commit + xact_rollback)::integer AS n FROM pg_stat_database WHERE datname = current_database()',
  )
  await database.end()
  const { user, password } = run.natsUsers['provisioner'] as RunInfo['natsUsers'][string]
  const nc = await connect({ servers: run.natsUrl, user, pass: password, inboxPrefix: `_INBOX.${user}` })
  const info = (await nc.request('$JS.API.INFO')).json<{ api: { total: number } }>()
  await nc.close()
  return { statements: rows[0].n as number, natsApi: info.api.total }
}

/** Has Postgres count each statement from its next start on. */
async function countStatements({ run }: Started): Promise<void> {
  const database = new Client({ connectionString: run.postgresUrl })
  await database.connect()
  await database.query(`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`)
  await database.end()
}

/** The statements made most often since this was last asked, by the service that makes them, with how often a second. */
async function mostOften({ run }: Started, within: number): Promise<Row[]> {
  const database = new Client({ connectionString: run.postgresUrl })
  await database.connect()
  await database.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements')
  const { rows } = await database.query<{ role: string; statement: string; calls: number }>(
    `SELECT rolname AS role, left(regexp_replace(query, '\\s+', ' ', 'g'), 90) AS statement, calls::integer
     FROM pg_stat_statements JOIN pg_roles ON pg_roles.oid = userid
     WHERE rolname <> current_user ORDER BY calls DESC LIMIT 5`,
  )
  await database.query('SELECT pg_stat_statements_reset()')
  await database.end()
  return rows.map(({ role, statement, calls }) => ({ perSecond: rounded(calls / within, 2), role, statement }))
}

/** One line for each name; Postgres is a process for each connection. */
function byName(before: readonly ProcessUsage[], after: readonly ProcessUsage[]): Row[] {
  const earlier = new Map(before.map(({ pid, cpuSeconds }) => [pid, cpuSeconds]))
  const row = (process: string, of: readonly ProcessUsage[]): Row => ({
    process,
    processes: of.length,
    pssMiB: rounded(of.reduce((sum, { pssMiB }) => sum + pssMiB, 0)),
    rssMiB: rounded(of.reduce((sum, { rssMiB }) => sum + rssMiB, 0)),
    cpuPercent: rounded(
      (of.reduce((sum, { pid, cpuSeconds }) => sum + cpuSeconds - (earlier.get(pid) ?? 0), 0) / seconds) * 100,
      2,
    ),
  })
  const groups = Map.groupBy(after, ({ name }) => name)
  return [...[...groups].map(([name, of]) => row(name, of)), row('all', after)]
}

async function measure(kind: 'plain' | 'demo') {
  const dataDir = mkdtempSync(join(tmpdir(), 'cartly-start-'))
  try {
    const first = await start(dataDir, kind)
    await countStatements(first)
    await stop(first)
    const engine = await start(dataDir, kind)
    const pid = engine.process.pid as number
    await pause(SETTLE_SECONDS * 1_000)
    await mostOften(engine, SETTLE_SECONDS)
    const [before, askedBefore] = [processTree(pid), await asked(engine)]
    await pause(seconds * 1_000)
    const [after, askedAfter] = [processTree(pid), await asked(engine)]
    const statements = await mostOften(engine, seconds)
    await stop(engine)
    const rate = (of: keyof typeof askedAfter): number => rounded((askedAfter[of] - askedBefore[of]) / seconds, 2)
    return {
      kind,
      firstReadySeconds: rounded(first.readySeconds),
      readySeconds: rounded(engine.readySeconds),
      processes: byName(before, after),
      statementsPerSecond: rate('statements'),
      natsApiPerSecond: rate('natsApi'),
      statements,
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 })
  }
}

const results = []
for (const kind of kinds) {
  const measured = await measure(kind)
  const { processes, statements, ...rest } = measured
  printTable(`${kind}: memory and CPU after ${seconds} s at rest (CPU: % of one core)`, processes)
  printTable(`${kind}: start, and what the servers are asked at rest`, [rest])
  printTable(`${kind}: the statements made most often at rest`, statements)
  results.push(measured)
}
saveResult('start', { seconds, results })
