import { notFound, type EndpointId, type Recovery, type RecoveryId, type StoreId } from '@cartly/contracts'
import { statements, type Tx } from '@cartly/read-model'
import type { DataSource } from 'typeorm'

interface Row {
  id: RecoveryId
  store_id: StoreId
  endpoint_id: EndpointId
  status: Recovery['status']
  since: Date
  until: Date
  total: number
  counted: boolean
  recovered: number
  position: number
  started_at: Date
  finished_at: Date | null
  dry_run: boolean
}

/** A job that this process works on. */
export interface Job {
  readonly id: RecoveryId
  readonly endpointId: EndpointId
  readonly since: number
  readonly until: number
  readonly counted: boolean
  readonly position: number
  /** Ends when it has counted. */
  readonly dryRun: boolean
}

/** What a job has done since it last said so. */
export interface Progress {
  readonly position: number
  readonly counted?: boolean
  readonly total?: number
  readonly recovered?: number
}

/** The table of recoveries. */
export class Recoveries {
  readonly #dataSource: DataSource
  readonly #holder: string

  constructor(dataSource: DataSource, holder: string) {
    this.#dataSource = dataSource
    this.#holder = holder
  }

  get #sql(): Tx {
    return statements(this.#dataSource)
  }

  /** Adds a recovery that runs from now on; `position` and `total` are what has been counted of it before. */
  async add(
    recovery: Pick<Row, 'id' | 'store_id' | 'endpoint_id' | 'since' | 'until'> &
      Partial<Pick<Row, 'dry_run' | 'position' | 'total'>>,
  ): Promise<void> {
    const { id, store_id, endpoint_id, since, until, dry_run = false, position = 0, total = 0 } = recovery
    await this.#sql.query(
      `INSERT INTO recovery (id, store_id, endpoint_id, status, since, until, dry_run, position, total)
       VALUES ($1, $2, $3, 'running', $4, $5, $6, $7, $8)`,
      [id, store_id, endpoint_id, since, until, dry_run, position, total],
    )
  }

  /** @throws CartlyError `not_found` */
  async get(storeId: StoreId, endpointId: EndpointId, id: RecoveryId): Promise<Recovery> {
    const [row] = await this.#sql.query<Row>(
      'SELECT * FROM recovery WHERE id = $1 AND store_id = $2 AND endpoint_id = $3',
      [id, storeId, endpointId],
    )
    if (!row) throw notFound('recovery', id)
    return shown(row)
  }

  /** Changes the status of a recovery that has not ended. */
  async setStatus(id: RecoveryId, status: 'running' | 'paused' | 'cancelled'): Promise<void> {
    await this.#sql.query(
      `UPDATE recovery SET status = $2, finished_at = CASE $2 WHEN 'cancelled' THEN now() END, leased_until = '-infinity'
       WHERE id = $1 AND status IN ('running', 'paused')`,
      [id, status],
    )
  }

  /** Claims a recovery that runs and has no holder. */
  async claim(leaseMs: number): Promise<Job | undefined> {
    const [row] = await this.#sql.query<Row>(
      `UPDATE recovery SET holder = $1, leased_until = now() + $2 * interval '1 millisecond'
       WHERE id = (
         SELECT id FROM recovery WHERE status = 'running' AND leased_until < now()
         ORDER BY started_at LIMIT 1 FOR UPDATE SKIP LOCKED
       ) RETURNING *`,
      [this.#holder, leaseMs],
    )
    return row && jobOf(row)
  }

  /** Stores progress and renews the lease. @returns false when the job is paused, cancelled or another's. */
  async advance(tx: Tx, id: RecoveryId, leaseMs: number, progress: Progress): Promise<boolean> {
    const { position, counted = null, total = 0, recovered = 0 } = progress
    const rows = await tx.query(
      `UPDATE recovery SET leased_until = now() + $3 * interval '1 millisecond', position = $4,
         counted = coalesce($5, counted), total = total + $6, recovered = recovered + $7
       WHERE id = $1 AND holder = $2 AND status = 'running' RETURNING id`,
      [id, this.#holder, leaseMs, position, counted, total, recovered],
    )
    return rows.length === 1
  }

  async finish(id: RecoveryId, status: 'done' | 'failed' | 'dry_run'): Promise<void> {
    await this.#sql.query(
      `UPDATE recovery SET status = $3, finished_at = now() WHERE id = $1 AND holder = $2 AND status = 'running'`,
      [id, this.#holder, status],
    )
  }
}

const jobOf = (row: Row): Job => ({
  id: row.id,
  endpointId: row.endpoint_id,
  since: row.since.getTime(),
  until: row.until.getTime(),
  counted: row.counted,
  position: row.position,
  dryRun: row.dry_run,
})

const shown = (row: Row): Recovery => ({
  id: row.id,
  endpointId: row.endpoint_id,
  status: row.status,
  since: row.since.toISOString(),
  until: row.until.toISOString(),
  total: row.total,
  recovered: row.recovered,
  startedAt: row.started_at.toISOString(),
  ...(row.finished_at ? { finishedAt: row.finished_at.toISOString() } : {}),
})
