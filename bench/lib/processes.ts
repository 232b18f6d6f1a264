import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { cpuSeconds } from './usage.ts'

/** What a process holds and has used. */
export interface ProcessUsage {
  readonly pid: number
  /** What a reader would call it: `webhook-dispatcher`, `postgres`, `npm`. */
  readonly name: string
  /** Resident memory with shared pages divided among those that share them: the one that may be added up. */
  readonly pssMiB: number
  /** Resident memory with all shared pages. */
  readonly rssMiB: number
  readonly cpuSeconds: number
}

/** A process and everything that descends from it and lives. */
export function processTree(pid: number): ProcessUsage[] {
  const parents = new Map(livePids().map((one) => [one, parentOf(one)]))
  const within = (one: number): boolean => one === pid || (parents.has(one) && within(parents.get(one) as number))
  return [...parents.keys()].filter(within).flatMap((one) => usageOf(one) ?? [])
}

const livePids = (): number[] =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)

function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  } catch {
    return 0
  }
}

/** Undefined when it has just ended. */
function usageOf(pid: number): ProcessUsage | undefined {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    const read = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1]) / 1024
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return { pid, name: nameOf(command), pssMiB: read('Pss'), rssMiB: read('Rss'), cpuSeconds: cpuSeconds(pid) }
  } catch {
    return undefined
  }
}

function nameOf(command: string): string {
  const [, service] = /\/apps\/([\w-]+)\/dist\/main\.js/.exec(command) ?? []
  if (service) return service
  if (command.includes('/launcher/dist/start.js')) return 'launcher'
  if (command.includes('bootstrap.mjs')) return 'bootstrap'
  const program = basename(command.split(' ')[0] ?? '')
  return program.startsWith('postgres') ? 'postgres' : program
}
