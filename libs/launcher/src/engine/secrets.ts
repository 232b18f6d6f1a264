import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newNatsPasswords, type NatsPasswords } from '../nats/nats-users.ts'
import { newDatabasePasswords, type DatabasePasswords } from '../postgres/roles.ts'
import { newIssuerKey, type IssuerKey } from './issuer.ts'

/** What one installation keeps secret; never printed, never in an event. */
export interface Secrets {
  nats: NatsPasswords
  /** Of the superuser of Postgres. */
  postgres: string
  roles: DatabasePasswords
  issuer: IssuerKey
}

/** The installation's secrets, made at the first start and kept in `secrets.json`, for its owner alone. */
export async function keptSecrets(dataDir: string): Promise<Secrets> {
  const file = join(dataDir, 'secrets.json')
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Secrets
  const secrets: Secrets = {
    nats: newNatsPasswords(),
    postgres: randomBytes(24).toString('hex'),
    roles: newDatabasePasswords(),
    issuer: await newIssuerKey(),
  }
  writePrivate(file, secrets)
  return secrets
}

/** Writes JSON that only its owner may read; a reader never sees half of it. */
export function writePrivate(file: string, content: unknown): void {
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
