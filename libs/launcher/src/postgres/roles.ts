import { randomBytes } from 'node:crypto'
import { Client, escapeIdentifier, escapeLiteral } from 'pg'

/** Each service with a read model has a role of this name, and a schema of this name that no other role may look into. */
export const databaseRoles = {
  'connector-registry': 'registry',
  'credential-vault': 'vault',
  'hook-executor': 'executor',
  'webhook-dispatcher': 'dispatcher',
  'oauth-refresher': 'oauth',
} as const

export type DatabaseRole = (typeof databaseRoles)[keyof typeof databaseRoles]

export type DatabasePasswords = Record<DatabaseRole, string>

const roles = Object.values(databaseRoles)

/** A new password for each role: 192 random bits. */
export function newDatabasePasswords(): DatabasePasswords {
  return Object.fromEntries(roles.map((role) => [role, randomBytes(24).toString('hex')])) as DatabasePasswords
}

/** The environment variable by which a deployment gives a role's password, such as `DATABASE_PASSWORD_VAULT`. */
export function databasePasswordVariable(role: DatabaseRole): string {
  return `DATABASE_PASSWORD_${role.toUpperCase()}`
}

/** The way into a database for one role. */
export function roleUrl(serverUrl: string, database: string, role: DatabaseRole, passwords: DatabasePasswords): string {
  const url = new URL(serverUrl)
  url.username = role
  url.password = passwords[role]
  url.pathname = `/${database}`
  return url.href
}

/**
 * Creates the roles, or gives those that are there the passwords.
 *
 * @param serverUrl of a superuser, or of a role that may create roles.
 */
export async function provisionRoles(serverUrl: string, passwords: DatabasePasswords): Promise<void> {
  await withClient(serverUrl, async (client) => {
    for (const role of roles) {
      const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role])
      if (rowCount === 0) await client.query(`CREATE ROLE ${role} LOGIN`)
      await client.query(`ALTER ROLE ${role} PASSWORD ${escapeLiteral(passwords[role])}`)
      await client.query(`ALTER ROLE ${role} SET search_path = ${role}`)
    }
  })
}

/**
 * Creates the database and each role's schema in it, where they are missing. The roles must be there.
 *
 * @param serverUrl of a superuser, or of a role that may create databases.
 */
export async function provisionDatabase(serverUrl: string, database: string): Promise<void> {
  const name = escapeIdentifier(database)
  await withClient(serverUrl, async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${name}`)
  })
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  await withClient(url.href, async (client) => {
    await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC; REVOKE ALL ON SCHEMA public FROM PUBLIC`)
    await client.query(`GRANT CONNECT, TEMPORARY ON DATABASE ${name} TO ${roles.join(', ')}`)
    for (const role of roles) await client.query(`CREATE SCHEMA IF NOT EXISTS ${role} AUTHORIZATION ${role}`)
  })
}

async function withClient<T>(connectionString: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
