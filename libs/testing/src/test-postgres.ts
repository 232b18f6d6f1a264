import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  databaseRoles,
  eventually,
  newDatabasePasswords,
  provisionDatabase,
  provisionRoles,
  roleUrl,
  startPostgres,
  type DatabasePasswords,
  type DatabaseRole,
} from '@cartly/launcher'
import { Client, escapeIdentifier } from 'pg'
import { isFirst, runFolder } from './test-folder.ts'

/** A database of a spec's own, with a schema for each service. */
export interface TestPostgres {
  /** The superuser's way in. */
  url: string
  /** Each service's way in, by its role: `urls.registry`. */
  urls: Record<DatabaseRole, string>
  /** Drops the database, whoever is still connected. */
  stop(): Promise<void>
}

/** Creates it, on one server for the whole test run: call in `beforeAll`, and `stop` in `afterAll`. */
export async function testPostgres(): Promise<TestPostgres> {
  const { url: serverUrl, passwords } = await sharedServer()
  const database = `test_${randomBytes(6).toString('hex')}`
  await provisionDatabase(serverUrl, database)
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  return {
    url: url.href,
    urls: Object.fromEntries(
      Object.values(databaseRoles).map((role) => [role, roleUrl(serverUrl, database, role, passwords)]),
    ) as Record<DatabaseRole, string>,
    async stop() {
      const client = new Client({ connectionString: serverUrl })
      await client.connect()
      await client.query(`DROP DATABASE ${escapeIdentifier(database)} WITH (FORCE)`)
      await client.end()
    },
  }
}

interface SharedServer {
  url: string
  passwords: DatabasePasswords
}

/** Started by the first spec that needs it, so that runs without one do not pay for it; stopped by Jest's global teardown. */
async function sharedServer(): Promise<SharedServer> {
  const dataDir = join(runFolder(), 'postgres')
  const note = join(runFolder(), 'postgres.json')
  if (isFirst('postgres')) {
    const server = await startPostgres({ dataDir, password: randomBytes(24).toString('hex') })
    server.release()
    const { url } = server
    const passwords = newDatabasePasswords()
    await provisionRoles(url, passwords)
    writeFileSync(`${note}.new`, JSON.stringify({ url, passwords }), { mode: 0o600 })
    renameSync(`${note}.new`, note)
  }
  return eventually(() => JSON.parse(readFileSync(note, 'utf8')) as SharedServer, { withinMs: 30_000 })
}
