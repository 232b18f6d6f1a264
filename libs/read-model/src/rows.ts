import { arrayOf } from './array.ts'
import type { Tx } from './session.ts'

/** The Postgres type of each column that is written, by its name: `{ id: 'text', at: 'timestamptz', body: 'jsonb' }`. */
export type Columns = Readonly<Record<string, string>>

/** A row for these columns. Values are those of JSON, and bytes: times as ISO 8601, `jsonb` as it is; `undefined` is NULL. */
export type Row<C extends Columns> = { readonly [Name in keyof C]?: unknown }

/**
 * Writing many rows in one statement. Each column travels as one array, so that 500 rows cost hardly more than one and no
 * limit of 65,535 parameters applies.
 */
export async function insertRows<C extends Columns>(
  tx: Tx,
  table: string,
  columns: C,
  rows: readonly Row<C>[],
  options: { /** Leaves rows alone whose key is there already. */ readonly ignoreExisting?: boolean } = {},
): Promise<void> {
  if (rows.length === 0) return
  const ignore = options.ignoreExisting ? ' ON CONFLICT DO NOTHING' : ''
  await tx.query(`${insertSelect(table, columns)}${ignore}`, arraysOf(columns, rows))
}

export interface UpsertOptions<C extends Columns> {
  /** The columns of the primary key or a unique index. */
  readonly key: readonly (keyof C & string)[]
  /** What an existing row's column becomes, as SQL over `existing` and `excluded`, where it is not the new row's. */
  readonly set?: { readonly [Name in keyof C]?: string }
  /** When an existing row is overwritten, as SQL over `existing` and `excluded`: `existing.sequence < excluded.sequence`. */
  readonly where?: string
}

/** Inserts the rows, and overwrites those whose key is there. Of several rows with one key, the last counts. */
export async function upsertRows<C extends Columns>(
  tx: Tx,
  table: string,
  columns: C,
  rows: readonly Row<C>[],
  { key, set = {}, where }: UpsertOptions<C>,
): Promise<void> {
  if (rows.length === 0) return
  const others = Object.keys(columns).filter((column) => !key.includes(column))
  const changes = others.map((column) => `${quote(column)} = ${set[column] ?? `excluded.${quote(column)}`}`).join(', ')
  const action = others.length === 0 ? 'DO NOTHING' : `DO UPDATE SET ${changes}${where ? ` WHERE ${where}` : ''}`
  const sql = `${insertSelect(table, columns, 'existing')} ON CONFLICT (${key.map(quote).join(', ')}) ${action}`
  await tx.query(sql, arraysOf(columns, lastOfEachKey(rows, key)))
}

/** Deletes the rows with these keys. */
export async function deleteRows<C extends Columns>(
  tx: Tx,
  table: string,
  key: C,
  rows: readonly Row<C>[],
): Promise<void> {
  if (rows.length === 0) return
  const match = Object.keys(key).map((column) => `t.${quote(column)} = r.${quote(column)}`)
  const sql = `DELETE FROM ${quote(table)} AS t USING ${rowsOf(key)} WHERE ${match.join(' AND ')}`
  await tx.query(sql, arraysOf(key, rows))
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** What an array of such values is sent as: arrays of JSON or of arrays travel as text, since `unnest` would flatten them. */
const sentAs = (type: string): string => (isComposite(type) ? 'text' : type)

const isComposite = (type: string): boolean => type === 'json' || type === 'jsonb' || type.endsWith('[]')

/** The rows as a relation `r` with a column for each array. */
function rowsOf(columns: Columns): string {
  const arrays = Object.values(columns).map((type, index) => `$${index + 1}::${sentAs(type)}[]`)
  return `unnest(${arrays.join(', ')}) AS r(${Object.keys(columns).map(quote).join(', ')})`
}

const arraysOf = <C extends Columns>(columns: C, rows: readonly Row<C>[]): string[] =>
  Object.entries(columns).map(([name, type]) => {
    const values = rows.map((row) => row[name])
    return arrayOf(values, type)
  })

function insertSelect(table: string, columns: Columns, alias?: string): string {
  const names = Object.keys(columns).map(quote).join(', ')
  const values = Object.entries(columns).map(([name, type]) => `${quote(name)}${isComposite(type) ? `::${type}` : ''}`)
  const into = `${quote(table)}${alias ? ` AS ${alias}` : ''} (${names})`
  return `INSERT INTO ${into} SELECT ${values.join(', ')} FROM ${rowsOf(columns)}`
}

/** `ON CONFLICT` may not touch a row twice in one statement. */
function lastOfEachKey<C extends Columns>(rows: readonly Row<C>[], key: readonly (keyof C & string)[]): Row<C>[] {
  const last = new Map<string, Row<C>>()
  const single = key.length === 1 ? key[0] : undefined
  for (const row of rows) {
    last.set(single === undefined ? JSON.stringify(key.map((column) => row[column])) : String(row[single]), row)
  }
  return last.size === rows.length ? (rows as Row<C>[]) : [...last.values()]
}
