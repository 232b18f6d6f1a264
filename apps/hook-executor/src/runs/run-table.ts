import type { ConnectorId, ExecutionId } from '@cartly/contracts'
import { statements, toJson, transaction, type Tx } from '@cartly/read-model'
import type { AttemptBegun, Recorded, StepOutcome } from '@cartly/request-chain'
import type { DataSource } from 'typeorm'
import { RunLost, type Run, type RunResult } from './run.ts'

/** How long a run stays with a process that no longer says that it is alive. */
export const HELD_MS = 10_000

/** Ended runs are remembered: for `Idempotency-Key` a day, for the stream's events as long as the stream can repeat them. */
const REMEMBER = { invoked: '25 hours', triggered: '8 days' }

const columns = `execution_id AS "executionId", store_id AS "storeId", connector_id AS "connectorId", hook, trigger,
  replay_of AS "replayOf", key, event, input, tries, due_at AS "dueAt", pinned_to AS "pinnedTo", traceparent`

/** What came of beginning a run for a key that may have been used before. */
export type Begun =
  | { readonly status: 'begun' }
  | {
      readonly status: 'known'
      readonly executionId: ExecutionId
      readonly inputHash: string
      readonly result: RunResult | null
    }

export type NewRun = Omit<Run, 'tries' | 'dueAt'> & {
  readonly idempotency?: { readonly key: string; readonly inputHash: string }
}

export interface RecordedRun extends Recorded {
  readonly writes: ReadonlySet<string>
}

/** The runs of all replicas; each is held by one process at most. */
export class RunTable {
  readonly #dataSource: DataSource
  readonly #tx: Tx
  readonly #holder: string

  /** @param holder this process's own name, never used before */
  constructor(dataSource: DataSource, holder: string) {
    this.#dataSource = dataSource
    this.#tx = statements(dataSource)
    this.#holder = holder
  }

  /** Begins a run that this process holds, unless its idempotency key is known. */
  async begin(run: NewRun): Promise<Begun> {
    const { idempotency, event } = run
    const inserted = await this.#tx.query(
      `INSERT INTO run (execution_id, store_id, connector_id, hook, trigger, replay_of, key, event, input,
         idempotency_key, input_hash, pinned_to, traceparent, tries, holder, held_until)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, $14, now() + $15 * interval '1 ms')
       ON CONFLICT (connector_id, hook, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
       RETURNING 1`,
      [
        run.executionId,
        run.storeId,
        run.connectorId,
        run.hook,
        run.trigger,
        run.replayOf,
        run.key,
        event ? toJson(event) : null,
        toJson(run.input ?? null),
        idempotency?.key ?? null,
        idempotency?.inputHash ?? null,
        run.pinnedTo,
        run.traceparent,
        this.#holder,
        HELD_MS,
      ],
    )
    if (inserted.length > 0) return { status: 'begun' }
    const known = await this.known(run.connectorId, run.hook, idempotency!.key)
    return known ?? this.begin(run)
  }

  /** What is known of an idempotency key. */
  async known(connectorId: ConnectorId, hook: string, key: string): Promise<(Begun & { status: 'known' }) | undefined> {
    const [row] = await this.#tx.query<{ executionId: ExecutionId; inputHash: string; result: RunResult | null }>(
      `SELECT execution_id AS "executionId", input_hash AS "inputHash", result FROM run
       WHERE connector_id = $1 AND hook = $2 AND idempotency_key = $3`,
      [connectorId, hook, key],
    )
    return row && { status: 'known', ...row }
  }

  /** The connectors that have something to do which nobody is doing. */
  async due(): Promise<ConnectorId[]> {
    const rows = await this.#tx.query<{ connectorId: ConnectorId }>(
      `SELECT DISTINCT connector_id AS "connectorId" FROM run
       WHERE ended_at IS NULL AND due_at <= now() AND (holder IS NULL OR held_until < now())`,
    )
    return rows.map(({ connectorId }) => connectorId)
  }

  /**
   * Takes runs of a connector that are due, the oldest first: those nobody holds, and those of processes that are gone.
   * What concerns one entity is taken in the order of the stream, the next when the one before has ended.
   */
  claim(connectorId: ConnectorId, limit: number): Promise<Run[]> {
    return this.#tx.query<Run>(
      `UPDATE run SET holder = $2, held_until = now() + $3 * interval '1 ms',
         tries = tries + CASE WHEN holder IS NULL THEN 1 ELSE 0 END
       WHERE execution_id IN (
         SELECT execution_id FROM run AS due
         WHERE connector_id = $1 AND ended_at IS NULL AND due_at <= now() AND (holder IS NULL OR held_until < now())
           AND NOT EXISTS (
             SELECT FROM run AS earlier
             WHERE earlier.connector_id = $1 AND earlier.entity = due.entity AND earlier.ended_at IS NULL
               AND earlier.position < due.position)
         ORDER BY due_at, position LIMIT $4
         FOR UPDATE SKIP LOCKED)
       RETURNING ${columns}`,
      [connectorId, this.#holder, HELD_MS, limit],
    )
  }

  /** Holds these runs for longer. */
  async keep(executionIds: readonly ExecutionId[]): Promise<void> {
    await this.#tx.query(
      `UPDATE run SET held_until = now() + $3 * interval '1 ms'
       WHERE execution_id = ANY($1) AND holder = $2 AND ended_at IS NULL`,
      [executionIds, this.#holder, HELD_MS],
    )
  }

  /** Binds the run to the configuration it is begun with. */
  async pin(executionId: ExecutionId, sequence: number): Promise<void> {
    await this.#held(
      executionId,
      `UPDATE run SET pinned_to = $3 WHERE execution_id = $1 AND holder = $2 RETURNING 1`,
      sequence,
    )
  }

  /** What earlier processes recorded of it; `writes` are the keys of the steps that must not be done twice. */
  async recorded(executionId: ExecutionId): Promise<RecordedRun> {
    const rows = await this.#tx.query<{
      key: string
      writes: boolean
      begunAt: number | null
      outcome: StepOutcome | null
    }>('SELECT key, writes, begun_at AS "begunAt", outcome FROM run_step WHERE execution_id = $1', [executionId])
    const begun = new Map(rows.flatMap(({ key, begunAt, outcome }) => (outcome || !begunAt ? [] : [[key, begunAt]])))
    const outcomes = new Map(rows.flatMap(({ key, outcome }) => (outcome ? [[key, outcome]] : [])))
    const writes = new Set(rows.flatMap(({ key, writes: may }) => (may ? [key] : [])))
    return { begun, outcomes, writes }
  }

  /** @throws RunLost */
  async stepBegun(executionId: ExecutionId, { key, step, at, repeat }: AttemptBegun): Promise<void> {
    await this.#held(
      executionId,
      `INSERT INTO run_step (execution_id, key, step, writes, begun_at)
       SELECT execution_id, $3, $4, $5, $6 FROM run WHERE execution_id = $1 AND holder = $2 FOR SHARE
       ON CONFLICT (execution_id, key) DO UPDATE SET begun_at = excluded.begun_at, outcome = NULL
       RETURNING 1`,
      key,
      step,
      repeat !== 'safe',
      at,
    )
  }

  /** @throws RunLost */
  async stepEnded(executionId: ExecutionId, outcome: StepOutcome): Promise<void> {
    await this.#held(
      executionId,
      `INSERT INTO run_step (execution_id, key, step, writes, outcome)
       SELECT execution_id, $3, $4, false, $5 FROM run WHERE execution_id = $1 AND holder = $2 FOR SHARE
       ON CONFLICT (execution_id, key) DO UPDATE SET outcome = excluded.outcome
       RETURNING 1`,
      outcome.key,
      outcome.step,
      toJson(outcome),
    )
  }

  /** Puts it back, to be tried again from this time on (milliseconds since the epoch). @throws RunLost */
  async tryAgain(executionId: ExecutionId, dueAt: number): Promise<void> {
    await this.#held(
      executionId,
      `UPDATE run SET holder = NULL, held_until = NULL, due_at = to_timestamp($3 / 1000.0)
       WHERE execution_id = $1 AND holder = $2 RETURNING 1`,
      dueAt,
    )
  }

  /** Ends it: what it was about is forgotten, what came of it remembered for a while. @throws RunLost */
  async end(executionId: ExecutionId, result: RunResult | null): Promise<void> {
    await transaction(this.#dataSource, async (tx) => {
      const [held] = await tx.query(
        `UPDATE run SET ended_at = now(), result = $3, input = NULL, event = NULL, holder = NULL, held_until = NULL
         WHERE execution_id = $1 AND holder = $2 RETURNING 1`,
        [executionId, this.#holder, result && toJson(result)],
      )
      if (!held) throw new RunLost(executionId)
      await tx.query('DELETE FROM run_step WHERE execution_id = $1', [executionId])
    })
  }

  /** Takes back a run for which nothing was done, and its idempotency key with it. @throws RunLost */
  async withdraw(executionId: ExecutionId): Promise<void> {
    await this.#held(executionId, 'DELETE FROM run WHERE execution_id = $1 AND holder = $2 RETURNING 1')
  }

  /** Deletes what need not be remembered any more. */
  async forget(): Promise<void> {
    await this.#tx.query(
      `DELETE FROM run WHERE execution_id IN (
         SELECT execution_id FROM run
         WHERE ended_at < now() - CASE WHEN event_id IS NULL THEN interval '${REMEMBER.invoked}' ELSE interval '${REMEMBER.triggered}' END
         ORDER BY ended_at LIMIT 10000)`,
    )
  }

  async #held(executionId: ExecutionId, sql: string, ...parameters: unknown[]): Promise<void> {
    const [held] = await this.#tx.query(sql, [executionId, this.#holder, ...parameters])
    if (!held) throw new RunLost(executionId)
  }
}
