import { setTimeout as pause } from 'node:timers/promises'
import { describeExit, type ServerProcess } from '../process/server-process.ts'

/** The first pause before a process is started again; each further one is twice as long, up to the longest. */
const shortestPauseMs = 250
const longestPauseMs = 10_000
/** A process that ran this long has recovered: the pauses begin anew. */
const recoveredAfterMs = 5_000

export interface KeeperOptions {
  /** What to call the process in messages. */
  name: string
  start: () => Promise<ServerProcess>
  /** Is told, in a sentence, when the process has ended and when it is there again. */
  notify: (line: string) => void
  /** Is called after each start but the first. */
  onRestart?: () => void
}

/** Keeps a process running: starts it again when it ends, unless asked to stop it. */
export class Keeper {
  readonly name: string
  readonly #options: KeeperOptions
  #process: ServerProcess | undefined
  #watching: Promise<void> = Promise.resolve()
  #stopping = new AbortController()
  #pauseMs = shortestPauseMs
  #ends = 0

  constructor(options: KeeperOptions) {
    this.name = options.name
    this.#options = options
  }

  /** Of the process that runs now; `undefined` between two. */
  get pid(): number | undefined {
    return this.#process?.pid
  }

  /** How often the process has ended unasked since `start`. */
  get ends(): number {
    return this.#ends
  }

  /** Whether it was asked to stop. */
  get stopped(): boolean {
    return this.#stopping.signal.aborted
  }

  /** @throws what `start` of the options throws: the first start is not tried again. */
  async start(): Promise<void> {
    this.#stopping = new AbortController()
    this.#pauseMs = shortestPauseMs
    this.#ends = 0
    this.#process = await this.#options.start()
    this.#watching = this.#watch()
  }

  /** Ends the process and does not start it again; by SIGKILL after `graceMs` (10 s). */
  async stop(graceMs?: number): Promise<void> {
    this.#stopping.abort()
    await this.#process?.stop(graceMs)
    await this.#watching
  }

  /** SIGKILL, as a crash would be; it is started again. */
  async kill(): Promise<void> {
    await this.#process?.kill()
  }

  async #watch(): Promise<void> {
    while (this.#process) {
      const began = performance.now()
      const exit = await this.#process.exited
      this.#process = undefined
      if (performance.now() - began > recoveredAfterMs) this.#pauseMs = shortestPauseMs
      this.#process = await this.#startAgain(describeExit(exit))
      if (this.#process) {
        this.#options.notify(`${this.name} runs again (pid ${this.#process.pid}).`)
        this.#options.onRestart?.()
      }
    }
  }

  /** Tries until it succeeds; without a result once the process is no longer wanted. */
  async #startAgain(ending: string): Promise<ServerProcess | undefined> {
    const { signal } = this.#stopping
    let why = ending
    while (!signal.aborted) {
      this.#ends++
      this.#options.notify(`${this.name} ended (${why}); starting it again in ${this.#pauseMs / 1000} s.`)
      await pause(this.#pauseMs, undefined, { signal }).catch(() => {})
      if (signal.aborted) break
      this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs)
      try {
        const process = await this.#options.start()
        if (!signal.aborted) return process
        await process.stop()
      } catch (error) {
        why = (error as Error).message
      }
    }
    return undefined
  }
}
