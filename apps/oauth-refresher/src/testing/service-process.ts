import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { eventually, freePort, testFolder, type TestNats } from '@cartly/testing'

export interface Clock {
  /** How far it is ahead of the others', in milliseconds. */
  readonly aheadMs: number
}

/** A module that sets the process's clock wrong, as one whose time service failed has it. */
export const shiftingClock = ({ aheadMs }: Clock): string =>
  `data:text/javascript,${encodeURIComponent(`
    const { now } = Date, Real = Date
    globalThis.Date = class extends Real {
      constructor(...parts) { super(...(parts.length > 0 ? parts : [now() + ${aheadMs}])) }
      static now() { return now() + ${aheadMs} }
    }`)}`

/** A service in a process of its own, from its build. */
export interface ServiceProcess {
  start(): Promise<ChildProcess>
  /** Stops it where it is, until `resume`. */
  pause(): void
  resume(): void
  stop(): Promise<void>
}

/** Readies it; `start` resolves once it is ready. */
export async function serviceOn(
  name: 'credential-vault' | 'oauth-refresher',
  nats: TestNats,
  databaseUrl: string,
  more: Record<string, string> = {},
): Promise<ServiceProcess> {
  const { user, pass } = nats.credentials[name]
  const port = await freePort()
  const env = {
    PATH: process.env['PATH'],
    NATS_URL: nats.url,
    NATS_USER: user,
    NATS_PASSWORD: pass,
    HEALTH_PORT: String(port),
    DATABASE_URL: databaseUrl,
    CARTLY_DATA_DIR: testFolder(name),
    ...more,
  }
  const program = fileURLToPath(new URL(`../../../${name}/dist/main.js`, import.meta.url))
  let child: ChildProcess | undefined
  return {
    async start() {
      child = spawn(process.execPath, [program], {
        env,
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      await eventually(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok, { withinMs: 30_000 })
      return child
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async stop() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
