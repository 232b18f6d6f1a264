import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'

export type Row = Readonly<Record<string, string | number>>

/** Prints rows as a table: one line each, the columns of the first. */
export function printTable(title: string, rows: readonly Row[]): void {
  const columns = Object.keys(rows[0] ?? {})
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? '')))]
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)))
  console.log(`\n${title}`)
  for (const line of cells) console.log(`  ${line.map((cell, index) => cell.padStart(widths[index] ?? 0)).join('  ')}`)
}

/** Writes figures to `bench/results/<name>.json`, with the machine they were taken on. */
export function saveResult(name: string, result: object): void {
  const folder = join(import.meta.dirname, '../results')
  mkdirSync(folder, { recursive: true })
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, memoryMiB: Math.round(totalmem() / 2 ** 20) }
  const file = join(folder, `${name}.json`)
  writeFileSync(
    file,
    `${JSON.stringify({ at: new Date().toISOString(), node: process.version, machine, ...result }, null, 2)}\n`,
  )
  console.log(`\n  written to ${file}`)
}

/** The value below which a share of the values lies; they need not be sorted. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}

/** How a cost grows with the size, from two sizes: 1 is proportionally. */
export const exponent = (small: { size: number; cost: number }, large: { size: number; cost: number }): number =>
  Math.log(large.cost / small.cost) / Math.log(large.size / small.size)

export const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits))
