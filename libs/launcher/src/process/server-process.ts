import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { eventually, type Patience } from './eventually.ts'
import { LaunchError } from './launch-error.ts'
import { signal, writePidFile } from './pid-file.ts'

/** How to start a server program. */
export interface ServerProgram {
  /** What to call it in messages. */
  name: string
  command: string
  args: string[]
  /** The whole environment of the program. */
  env: Record<string, string>
  /** Who to run as; only root may say so. */
  user?: { uid: number; gid: number }
  /** Where its output goes, appended; or, with `onLine`, where that puts it. */
  logFile: string
  /** Takes each line of its output instead of the file. */
  onLine?: (line: string) => void
  /** Names the process to a later run, should this one be killed. */
  pidFile: string
  /** The signal by which it stops in good order. */
  stopSignal: NodeJS.Signals
}

/** How a process ended: by an exit code or by a signal. */
export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

/** A running program. */
export interface ServerProcess {
  readonly pid: number
  readonly exited: Promise<Exit>
  /** Asks it to stop, insists by SIGKILL after `graceMs` (10 s), and resolves when it is gone. */
  stop(graceMs?: number): Promise<Exit>
  /** SIGKILL, as a crash would be. */
  kill(): Promise<Exit>
  /** Lets it outlive this process; its pid file says how to stop it. */
  release(): void
}

const running = new Map<number, NodeJS.Signals>()
let armed = false

/** A program that throws on its way leaves no servers behind. (One that is killed leaves its pid files.) */
function stopAllOnExit(): void {
  if (armed) return
  armed = true
  process.on('exit', () => {
    for (const [pid, stopSignal] of running) signal(pid, stopSignal)
  })
}

/**
 * Starts a program in a process group of its own, so that Ctrl-C in a terminal reaches its starter alone.
 *
 * @throws LaunchError when the system does not start it.
 */
export async function startProcess(program: ServerProgram): Promise<ServerProcess> {
  stopAllOnExit()
  const child = spawnWithOutput(program)
  let ended: Exit | undefined
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, name) => {
      ended = { code, signal: name }
      if (child.pid !== undefined) running.delete(child.pid)
      rmSync(program.pidFile, { force: true })
      resolve(ended)
    })
  })
  const { pid } = child
  if (pid === undefined) {
    const cause = await exited.catch((error: Error) => error)
    throw new LaunchError(`${program.name} did not start.`, `Look at ${program.command}.`, { cause })
  }
  running.set(pid, program.stopSignal)
  writePidFile(program.pidFile, pid, program.stopSignal)

  const send = (name: NodeJS.Signals) => {
    if (ended === undefined) signal(pid, name)
  }
  const server: ServerProcess = {
    pid,
    exited,
    async stop(graceMs = 10_000) {
      const timer = setTimeout(send, graceMs, 'SIGKILL')
      send(program.stopSignal)
      return exited.finally(() => clearTimeout(timer))
    },
    async kill() {
      send('SIGKILL')
      return exited
    },
    release() {
      running.delete(pid)
      child.unref()
    },
  }

  return server
}

/**
 * Starts a program and waits until `ready` holds.
 *
 * @throws LaunchError when it ends or the deadline (20 s) passes before it is ready, with the last of its output.
 */
export async function startServer(
  program: ServerProgram,
  ready: (pid: number) => unknown,
  patience: Patience = {},
): Promise<ServerProcess> {
  const server = await startProcess(program)
  let ended: Exit | undefined
  void server.exited.then((exit) => (ended = exit))
  const readyOrEnded = () => ended !== undefined || ready(server.pid)
  await eventually(readyOrEnded, { withinMs: 20_000, ...patience }).catch(async (cause: unknown) => {
    await server.kill()
    throw new LaunchError(`${program.name} did not become ready.`, lastWords(program.logFile), { cause })
  })
  if (ended !== undefined) {
    throw new LaunchError(`${program.name} ended at once (${describeExit(ended)}).`, lastWords(program.logFile))
  }
  return server
}

/** `exit code 1`, or `SIGKILL`. */
export function describeExit(exit: Exit): string {
  return exit.signal ?? `exit code ${exit.code}`
}

/** The end of a log file, to say in an error. */
export function lastWords(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n')
  return `The end of ${logFile}:\n${lines.slice(-8).join('\n')}`
}

function spawnWithOutput({ command, args, env, user, logFile, onLine }: ServerProgram): ChildProcess {
  const options = { env, detached: true, ...user }
  if (onLine) {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const output of [child.stdout, child.stderr]) createInterface({ input: output }).on('line', onLine)
    return child
  }
  const log = openSync(logFile, 'a', 0o600)
  try {
    return spawn(command, args, { ...options, stdio: ['ignore', log, log] })
  } finally {
    closeSync(log)
  }
}
