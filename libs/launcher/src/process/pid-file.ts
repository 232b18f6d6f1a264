import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { eventually } from './eventually.ts'

/** What a pid file holds: `startedAt` tells the process from a later one that was given the same number. */
export interface PidRecord {
  pid: number
  startedAt: string
  stopSignal: NodeJS.Signals
}

export function writePidFile(file: string, pid: number, stopSignal: NodeJS.Signals): void {
  writeFileSync(file, describe(pid, stopSignal), { mode: 0o600 })
}

/** Takes something that only one process may use, of which the file is the sign; `false` while another live process has it. */
export function claimFile(file: string): boolean {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(file, describe(process.pid, 'SIGTERM'), { mode: 0o600, flag: 'wx' })
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    if (readPidFile(file) || !removed(file)) return false
  }
  return false
}

/** The live process that the file names, if it is still the same one. */
export function readPidFile(file: string): PidRecord | undefined {
  let record: PidRecord
  try {
    record = JSON.parse(readFileSync(file, 'utf8')) as PidRecord
  } catch {
    return undefined
  }
  return startOf(record.pid) === record.startedAt ? record : undefined
}

/** Not what belongs to another user of the machine. */
function removed(file: string): boolean {
  try {
    rmSync(file, { force: true })
    return true
  } catch {
    return false
  }
}

/**
 * Stops the process that a pid file names and removes the file; by SIGKILL if it is still there after `graceMs`.
 *
 * @returns whether there was such a process.
 */
export async function stopByPidFile(file: string, graceMs = 10_000): Promise<boolean> {
  const record = readPidFile(file)
  if (record) {
    const gone = () => startOf(record.pid) !== record.startedAt
    signal(record.pid, record.stopSignal)
    await eventually(gone, { withinMs: graceMs }).catch(() => signal(record.pid, 'SIGKILL'))
    await eventually(gone)
  }
  rmSync(file, { force: true })
  return record !== undefined
}

/** Sends a signal; a process that is gone already is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function describe(pid: number, stopSignal: NodeJS.Signals): string {
  return JSON.stringify({ pid, startedAt: startOf(pid) ?? '', stopSignal } satisfies PidRecord)
}

/** When a process started, in the system's own words; `undefined` when it is not running (a zombie is not). */
function startOf(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
    }
    // proc_pid_stat(5): the name in parentheses may hold anything; after it come state (field 3) … starttime (field 22).
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}
