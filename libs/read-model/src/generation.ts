import type { Tx } from './session.ts'

/**
 * A projection's tables belong to a generation: `delivery_g3` is the third filling of the table `delivery`, and the
 * view `delivery`, which queries read, shows the live one. A new version, or a rebuild, fills a generation of its own
 * beside the live one and takes its place in one transaction.
 */
export interface Generation {
  readonly projection: string
  readonly generation: number
  readonly version: number
  readonly status: 'building' | 'live' | 'retired'
  /** The last message of the stream that is in the tables; 0 before the first. */
  readonly sequence: number
  /** What that message was, so that a stream that was put back to another past is noticed. */
  readonly identity: string
}

export interface ProjectionTables {
  readonly name: string
  readonly version: number
  /** For each table, the statements that create it under the name given (of one generation). */
  readonly tables: Readonly<Record<string, (table: string) => string | readonly string[]>>
}

/** The newest version of a projection has gone live, and this process still runs an older one. */
export class ProjectionSuperseded extends Error {
  constructor(name: string, version: number, liveVersion: number) {
    super(`Projection ${name} is live in version ${liveVersion}; version ${version} of this process is out of date`)
    this.name = 'ProjectionSuperseded'
  }
}

/** The table of a generation. */
export const tableOf = (table: string, { generation }: Pick<Generation, 'generation'>): string =>
  `${table}_g${generation}`

/** Every generation of a projection that still has its tables, the newest first. */
export async function generations(tx: Tx, projection: string): Promise<Generation[]> {
  return tx.query<Generation>(
    `SELECT projection, generation, version, status, sequence, identity FROM checkpoint
     WHERE projection = $1 ORDER BY generation DESC`,
    [projection],
  )
}

/**
 * The generation that a process with this version works on: the live one, or, while an older version is live, the one
 * that is built to replace it. Made with its tables when there is none.
 * @throws ProjectionSuperseded when a newer version is live.
 */
export async function openGeneration(tx: Tx, projection: ProjectionTables): Promise<Generation> {
  await lockGenerations(tx, projection.name)
  const known = await generations(tx, projection.name)
  const live = known.find(({ status }) => status === 'live')
  if (live?.version === projection.version) return live
  if (live && live.version > projection.version) {
    throw new ProjectionSuperseded(projection.name, projection.version, live.version)
  }
  return building(known, projection) ?? createGeneration(tx, projection, known, live ? 'building' : 'live')
}

/** A generation of the live version to rebuild into: one that was begun and not finished, or a new one. */
export async function openRebuild(tx: Tx, projection: ProjectionTables): Promise<Generation> {
  await lockGenerations(tx, projection.name)
  const known = await generations(tx, projection.name)
  return building(known, projection) ?? createGeneration(tx, projection, known, 'building')
}

/**
 * Makes a generation the live one: the views are switched and the one that was live is retired, in this transaction.
 * @returns false, with nothing changed, when the live one has read further; `force` is for when what it has read is no
 *   longer true.
 */
export async function promoteGeneration(
  tx: Tx,
  { projection, generation }: Generation,
  force = false,
): Promise<boolean> {
  await lockGenerations(tx, projection)
  const rows = await tx.query<{ generation: number; status: string; sequence: number; tables: string[] }>(
    'SELECT generation, status, sequence, tables FROM checkpoint WHERE projection = $1 FOR UPDATE',
    [projection],
  )
  const next = rows.find((row) => row.generation === generation)
  const live = rows.find((row) => row.status === 'live')
  if (!next) throw new Error(`Projection ${projection} has no generation ${generation}`)
  if (live && live.sequence > next.sequence && !force) return false
  if (live) {
    await setStatus(tx, projection, live.generation, 'retired')
    for (const table of live.tables) await tx.query(`DROP VIEW IF EXISTS "${table}"`)
  }
  await setStatus(tx, projection, generation, 'live')
  for (const table of next.tables) await showInView(tx, table, generation)
  return true
}

/** Drops the tables of what is not live: what was replaced, or a rebuild that was given up. */
export async function dropGeneration(tx: Tx, { projection, generation }: Generation): Promise<void> {
  await lockGenerations(tx, projection)
  const [dropped] = await tx.query<{ tables: string[] }>(
    `DELETE FROM checkpoint WHERE projection = $1 AND generation = $2 AND status <> 'live' RETURNING tables`,
    [projection, generation],
  )
  if (!dropped) throw new Error(`Generation ${generation} of ${projection} is live, or is not there`)
  for (const table of dropped.tables) await tx.query(`DROP TABLE "${tableOf(table, { generation })}"`)
}

/**
 * Moves the checkpoint, in the transaction that writes the rows it speaks for.
 * @returns false when it is no longer where this process left it, or the generation has been replaced: another process
 *   has been here, and the transaction must be undone.
 */
export async function advanceCheckpoint(
  tx: Tx,
  from: Generation,
  to: Pick<Generation, 'sequence' | 'identity'>,
): Promise<boolean> {
  const moved = await tx.query(
    `UPDATE checkpoint SET sequence = $4, identity = $5, updated_at = now()
     WHERE projection = $1 AND generation = $2 AND sequence = $3 AND status <> 'retired' RETURNING sequence`,
    [from.projection, from.generation, from.sequence, to.sequence, to.identity],
  )
  return moved.length === 1
}

const setStatus = (tx: Tx, projection: string, generation: number, status: Generation['status']): Promise<unknown> =>
  tx.query('UPDATE checkpoint SET status = $3 WHERE projection = $1 AND generation = $2', [
    projection,
    generation,
    status,
  ])

const building = (known: readonly Generation[], { version }: ProjectionTables): Generation | undefined =>
  known.find((generation) => generation.status === 'building' && generation.version === version)

async function createGeneration(
  tx: Tx,
  { name, version, tables }: ProjectionTables,
  known: readonly Generation[],
  status: 'building' | 'live',
): Promise<Generation> {
  const generation = (known[0]?.generation ?? 0) + 1
  for (const [table, statements] of Object.entries(tables)) {
    const sql = statements(tableOf(table, { generation }))
    for (const statement of typeof sql === 'string' ? [sql] : sql) await tx.query(statement)
    if (status === 'live') await showInView(tx, table, generation)
  }
  await tx.query(
    'INSERT INTO checkpoint (projection, generation, version, status, tables) VALUES ($1, $2, $3, $4, $5)',
    [name, generation, version, status, Object.keys(tables)],
  )
  return { projection: name, generation, version, status, sequence: 0, identity: '' }
}

const showInView = (tx: Tx, table: string, generation: number): Promise<unknown> =>
  tx.query(`CREATE VIEW "${table}" AS SELECT * FROM "${tableOf(table, { generation })}"`)

const lockGenerations = (tx: Tx, projection: string): Promise<unknown> =>
  tx.query(`SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' generations ' || $1, 0))`, [projection])
