import { mkdtempSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import { connect } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { Client } from 'pg'
import { eventually } from '../process/eventually.ts'
import { startEngine, type Engine } from './engine.ts'
import { resetFolder } from './data-folder.ts'
import type { RunInfo } from './run-info.ts'

/** A service in miniature: ready when started, says what it was told, says goodbye when drained. */
const stub = `
import { createServer } from 'node:http'
import { appendFileSync } from 'node:fs'
const { HEALTH_PORT, CARTLY_DATA_DIR, NATS_USER } = process.env
const server = createServer((request, response) => response.end(JSON.stringify(process.env)))
server.listen(Number(HEALTH_PORT), '127.0.0.1')
process.on('SIGTERM', () => {
  appendFileSync(CARTLY_DATA_DIR + '/../drained', NATS_USER + '\\n')
  process.exit(0)
})
`

let folder: string
let dataDir: string
let engine: Engine
const said: string[] = []

const options = () => ({
  dataDir,
  services: ['admin-gateway', 'credential-vault'] as const,
  program: () => join(folder, 'stub.mjs'),
  env: { '*': { SHARED: 'yes' }, 'credential-vault': { OWN: 'yes' } },
  notify: (line: string) => said.push(line),
})
const runFile = (): RunInfo => JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as RunInfo
const environmentOf = async (service: string): Promise<Record<string, string>> => {
  const response = await fetch(new URL('/readyz', engine.run.services[service]?.healthUrl))
  return (await response.json()) as Record<string, string>
}

beforeAll(async () => {
  folder = mkdtempSync(join(process.env.CARTLY_TEST_FOLDER ?? tmpdir(), 'engine-'))
  dataDir = join(folder, 'data')
  writeFileSync(join(folder, 'stub.mjs'), stub)
  engine = await startEngine(options())
}, 60_000)
afterAll(async () => {
  await engine.stop()
  rmSync(folder, { recursive: true })
})

describe('a running engine', () => {
  test('says in run.json, to its owner alone, where everything is', async () => {
    expect(statSync(join(dataDir, 'run.json')).mode & 0o777).toBe(0o600)
    expect(runFile()).toEqual(engine.run)
    const { natsUrl, natsUsers, postgresUrl } = runFile()

    const nats = await connect({
      servers: natsUrl,
      user: natsUsers.storePlatform?.user ?? '',
      pass: natsUsers.storePlatform?.password ?? '',
    })
    await nats.close()
    const postgres = new Client({ connectionString: postgresUrl })
    await postgres.connect()
    const { rows } = await postgres.query("SELECT nspname FROM pg_namespace WHERE nspname IN ('vault', 'registry')")
    expect(rows).toHaveLength(2)
    await postgres.end()
  })

  test('issues tokens that its public key verifies', async () => {
    const { AUTH_JWKS_URL = '', AUTH_ISSUER = '', AUTH_AUDIENCE = '' } = await environmentOf('admin-gateway')
    const keys = createRemoteJWKSet(new URL(AUTH_JWKS_URL))
    const expected = { issuer: AUTH_ISSUER, audience: AUTH_AUDIENCE }

    const admin = await jwtVerify(engine.run.adminToken, keys, expected)
    expect(admin.payload).toMatchObject({ stores: '*', scope: expect.stringContaining('credentials:write') })
    const narrow = await jwtVerify(await engine.token({ stores: ['s1'], scope: 'webhooks:read' }), keys, expected)
    expect(narrow.payload).toMatchObject({ stores: ['s1'], scope: 'webhooks:read' })
    const otherAudience = jwtVerify(engine.run.adminToken, keys, { ...expected, audience: 'other' })
    await expect(otherAudience).rejects.toThrow('unexpected "aud" claim value')
  })

  test('tells each service what it needs, and no more', async () => {
    const gateway = await environmentOf('admin-gateway')
    const vault = await environmentOf('credential-vault')

    expect(vault).toMatchObject({ NATS_USER: 'credential-vault', SHARED: 'yes', OWN: 'yes' })
    expect(vault.DATABASE_URL).toContain('//vault:')
    expect(statSync(vault.CARTLY_DATA_DIR ?? '').mode & 0o777).toBe(0o700)
    expect(gateway).toMatchObject({
      NATS_USER: 'admin-gateway',
      PORT: new URL(engine.run.gatewayUrl).port,
      SHARED: 'yes',
    })
    for (const name of ['DATABASE_URL', 'OWN']) expect(gateway[name]).toBeUndefined()
    expect(gateway.NATS_PASSWORD).not.toBe(vault.NATS_PASSWORD)
  })

  test('starts a killed service again and says where it is now', async () => {
    const before = engine.run.services['credential-vault']?.pid ?? 0

    process.kill(before, 'SIGKILL')
    await eventually(() => runFile().services['credential-vault']?.pid !== before)
    await engine.ready('credential-vault')

    expect(runFile()).toEqual(engine.run)
    expect(said).toContain('credential-vault ended (SIGKILL); starting it again in 0.25 s.')
  })

  test('starts NATS and Postgres again where they were', async () => {
    for (const name of ['nats', 'postgres']) {
      const part = engine.parts[name]
      const before = part?.pid
      await part?.kill()
      await eventually(() => part?.pid !== undefined && part.pid !== before)
    }
    const postgres = new Client({ connectionString: engine.run.postgresUrl })
    await postgres.connect()
    await postgres.end()
  })

  test('does not share its folder', async () => {
    await expect(startEngine(options())).rejects.toThrow(`An engine runs in ${dataDir} already (pid ${process.pid})`)
    await expect(resetFolder(dataDir)).rejects.toThrow('already')
  })

  test('stops in order, removes run.json, and finds its data again', async () => {
    const publish = await environmentOf('admin-gateway')
    await engine.stop()
    expect(existsSync(join(dataDir, 'run.json'))).toBe(false)
    expect(readFileSync(join(dataDir, 'services', 'drained'), 'utf8')).toBe('admin-gateway\ncredential-vault\n')

    engine = await startEngine(options())
    expect((await environmentOf('admin-gateway')).NATS_PASSWORD).toBe(publish.NATS_PASSWORD)
  })
})

test('a folder that cannot be made is named, with what to do', async () => {
  const file = join(mkdtempSync(join(process.env.CARTLY_TEST_FOLDER ?? tmpdir(), 'file-')), 'in-the-way')
  writeFileSync(file, '')
  await expect(startEngine({ dataDir: join(file, 'data') })).rejects.toThrow(/cannot be used: ENOTDIR.*\n {2}→ Choose/)
})

test('a wished port that is taken is replaced, and said to be', async () => {
  const squatter = createServer().listen(0, '127.0.0.1')
  await once(squatter, 'listening')
  const { port } = squatter.address() as AddressInfo
  const second = await startEngine({ ...options(), dataDir: join(folder, 'second'), ports: { gateway: port } })

  expect(new URL(second.run.gatewayUrl).port).not.toBe(String(port))
  expect(said).toContain(`Port ${port} is taken: the gateway is on ${new URL(second.run.gatewayUrl).port}.`)
  await second.stop()
  squatter.close()
})

test('a service that cannot start is named, with its last words, and nothing stays behind', async () => {
  writeFileSync(join(folder, 'broken.mjs'), "throw new Error('no key to the vault')")
  const broken = startEngine({
    ...options(),
    dataDir: join(folder, 'broken'),
    program: () => join(folder, 'broken.mjs'),
  })

  await expect(broken).rejects.toThrow(/did not become ready[^]*no key to the vault/)
  await resetFolder(join(folder, 'broken'))
})

test('what a killed engine left running is stopped by the next one', async () => {
  const orphanDir = join(folder, 'orphans')
  const script = `
    const { startEngine } = await import(${JSON.stringify(new URL('./engine.ts', import.meta.url).href)})
    const engine = await startEngine({ dataDir: ${JSON.stringify(orphanDir)}, services: ['admin-gateway'], program: () => ${JSON.stringify(join(folder, 'stub.mjs'))} })
    console.log('ready', engine.run.gatewayUrl)
  `
  const flags = ['--conditions=@cartly/source', '--input-type=module', '--eval', script]
  const first = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(first.stdout, 'data')
  first.kill('SIGKILL')
  await once(first, 'exit')

  const next = await startEngine({ ...options(), dataDir: orphanDir, services: ['admin-gateway'] })

  expect(said).toContain('Stopped 3 processes that an earlier run left behind.')
  expect(readFileSync(join(orphanDir, 'services', 'drained'), 'utf8')).toBe('admin-gateway\n')
  await next.stop()
}, 60_000)
