import { execFile } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../process/free-port.ts'
import { LaunchError } from '../process/launch-error.ts'
import { startServer, type ServerProcess } from '../process/server-process.ts'
import { postgresBinaries, type PostgresBinaries } from './postgres-binaries.ts'

const run = promisify(execFile)

export interface PostgresServerOptions {
  /** Holds the databases, the server's log and its pid file; made when missing. */
  dataDir: string
  /** The superuser's; taken when `dataDir` is new. */
  password: string
  /** A free one if not said. */
  port?: number
  /** More or other server settings, such as `{ fsync: 'off' }`. */
  settings?: Record<string, string>
}

export interface PostgresServer extends ServerProcess {
  /** The superuser's way in: `postgres://cartly:<password>@127.0.0.1:<port>/postgres` */
  url: string
  port: number
}

/** Sized for a machine that NATS and the services share; a commit is on the disk before it is confirmed. */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '120',
  shared_buffers: '128MB',
  synchronous_commit: 'on',
  wal_level: 'minimal',
  max_logical_replication_workers: '0',
  max_wal_senders: '0',
  wal_compression: 'on',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  jit: 'off',
  timezone: 'UTC',
}

const environment = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' }

/**
 * Starts a Postgres server on 127.0.0.1 and waits until it takes connections; makes its files first when `dataDir` is new.
 * Started by root, it runs as an unprivileged user, since Postgres refuses root.
 *
 * @throws LaunchError when there is no Postgres, that user cannot reach the folders, or it does not start.
 */
export async function startPostgres(options: PostgresServerOptions): Promise<PostgresServer> {
  const { password } = options
  const dataDir = resolve(options.dataDir)
  const port = options.port ?? (await freePort())
  const binaries = postgresBinaries()
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const { user, prefix } = runner(dataDir, binaries)
  const files = join(dataDir, 'files')
  if (!existsSync(join(files, 'PG_VERSION')))
    await makeFiles(files, password, binaries, { ...(user && { user }), prefix })

  const [command = '', ...args] = [...prefix, binaries.postgres, '-D', files, '-p', String(port)]
  for (const [name, value] of Object.entries({ ...settings, ...options.settings })) args.push('-c', `${name}=${value}`)
  const server = await startServer(
    {
      name: 'Postgres',
      command,
      args,
      env: environment,
      ...(user && { user }),
      logFile: join(dataDir, 'postgres.log'),
      pidFile: join(dataDir, 'postgres.pid'),
      stopSignal: 'SIGINT',
    },
    (pid) => isReady(files, pid),
  )
  return { ...server, url: `postgres://cartly:${password}@127.0.0.1:${port}/postgres`, port }
}

async function makeFiles(
  files: string,
  password: string,
  { initdb }: PostgresBinaries,
  { user, prefix }: Runner,
): Promise<void> {
  rmSync(files, { recursive: true, force: true })
  const passwordFile = `${files}.password`
  writeFileSync(passwordFile, password, { mode: 0o600 })
  const { uid, gid } = statSync(dirname(files))
  chownSync(passwordFile, uid, gid)
  const identity = ['--username=cartly', `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
  const content = ['--encoding=UTF8', '--locale=C', '--data-checksums']
  const [command = '', ...args] = [...prefix, initdb, `--pgdata=${files}`, ...identity, ...content, '--no-sync']
  try {
    await run(command, args, { ...user, env: environment })
  } catch (error) {
    rmSync(files, { recursive: true, force: true })
    throw new LaunchError(
      `Postgres could not lay out ${files}.`,
      String((error as { stderr?: string }).stderr ?? error),
      {
        cause: error,
      },
    )
  } finally {
    rmSync(passwordFile, { force: true })
  }
}

/** The server writes its state to the eighth line of `postmaster.pid`, as `pg_ctl --wait` reads it. */
function isReady(files: string, pid: number): boolean {
  try {
    const lines = readFileSync(join(files, 'postmaster.pid'), 'utf8').split('\n')
    return lines[0] === String(pid) && lines[7]?.trim() === 'ready'
  } catch {
    return false
  }
}

/** How to run a program so that Postgres does not find itself started by root. */
interface Runner {
  user?: { uid: number; gid: number }
  /** What to put before the program and its arguments. */
  prefix: string[]
}

/**
 * An ordinary user runs Postgres as it is. For root, `nobody` does, who is made the owner of the data folder; where a
 * folder on the way to it or to the programs is closed to others, as `/root` is, `nobody` is lent the right to pass.
 */
function runner(dataDir: string, { postgres }: PostgresBinaries): Runner {
  if (process.getuid?.() !== 0) return { prefix: [] }
  const nobody = { uid: 65_534, gid: 65_534 }
  chownSync(dataDir, nobody.uid, nobody.gid)
  const closed = [dataDir, postgres].flatMap(ancestors).find((folder) => (statSync(folder).mode & 0o001) === 0)
  if (closed === undefined) return { user: nobody, prefix: [] }
  if (process.platform === 'linux') {
    const identity = [`--reuid=${nobody.uid}`, `--regid=${nobody.gid}`, '--clear-groups']
    return { prefix: ['setpriv', ...identity, '--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--'] }
  }
  throw new LaunchError(
    `Postgres cannot run as root, and the user it runs as instead (nobody) may not enter ${closed}.`,
    `Start as an ordinary user; or \`chmod o+x ${closed}\`; or set DATABASE_URL.`,
  )
}

function ancestors(path: string): string[] {
  const parent = dirname(path)
  return parent === path ? [] : [...ancestors(parent), parent]
}
