import { join } from 'node:path'
import { eventually } from '../process/eventually.ts'
import { LaunchError } from '../process/launch-error.ts'
import { lastWords, startProcess } from '../process/server-process.ts'
import { Keeper } from './keeper.ts'
import { LogFile } from './log-file.ts'
import { notable } from './notable.ts'
import { nodeFlags, type ServiceName } from './services.ts'

/** A service that ended this often before it was ready will not become so. */
const hopelessEnds = 3

export interface ServiceProcessOptions {
  service: ServiceName
  /** The file that Node runs. */
  program: string
  env: Record<string, string>
  healthPort: number
  dataDir: string
  notify: (line: string) => void
  onRestart: () => void
}

/** One service as a process of its own: kept running, its output in `logs/<service>.log`. */
export class ServiceProcess {
  readonly keeper: Keeper
  readonly healthUrl: string
  readonly #options: ServiceProcessOptions
  readonly #log: LogFile
  readonly #logFile: string

  constructor(options: ServiceProcessOptions) {
    const { service, notify, onRestart } = options
    this.#options = options
    this.healthUrl = `http://127.0.0.1:${options.healthPort}/healthz`
    this.#logFile = join(options.dataDir, 'logs', `${service}.log`)
    this.#log = new LogFile(this.#logFile)
    this.keeper = new Keeper({ name: service, start: () => this.#spawn(), notify, onRestart })
  }

  /**
   * Resolves when the service answers `/readyz` with 200.
   *
   * @throws LaunchError when it does not within a minute, ends three times meanwhile, or is stopped.
   */
  async ready(): Promise<void> {
    const { service } = this.#options
    const endsBefore = this.keeper.ends
    const hopeless = () => this.keeper.stopped || this.keeper.ends - endsBefore >= hopelessEnds
    try {
      await eventually(() => this.#answers(), { withinMs: 60_000, everyMs: 50, hopeless })
    } catch (cause) {
      throw new LaunchError(`${service} did not become ready.`, lastWords(this.#logFile), { cause })
    }
  }

  async stop(graceMs?: number): Promise<void> {
    await this.keeper.stop(graceMs)
    this.#log.close()
  }

  async #answers(): Promise<boolean> {
    const response = await fetch(new URL('/readyz', this.healthUrl), { signal: AbortSignal.timeout(2_000) })
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
    return true
  }

  #spawn() {
    const { service, program, env, dataDir, notify } = this.#options
    return startProcess({
      name: service,
      command: process.execPath,
      args: [...nodeFlags(service), program],
      env,
      logFile: this.#logFile,
      pidFile: join(dataDir, 'pids', `${service}.pid`),
      stopSignal: 'SIGTERM',
      onLine: (line) => {
        this.#log.write(line)
        const shown = notable(service, line)
        if (shown !== undefined) notify(shown)
      },
    })
  }
}
