import type { ExecutionId } from '@cartly/contracts'
import { statements, transaction } from '@cartly/read-model'
import type { DataSource } from 'typeorm'

/** The fact of an execution, as it goes onto the bus. */
export interface StoredFact {
  readonly executionId: ExecutionId
  readonly subject: string
  readonly traceparent: string | null
  /** JSON. */
  readonly body: string
}

const AT_ONCE = 100

/** Facts that wait in Postgres until the bus takes them: those of all replicas. */
export class UnpublishedFacts {
  readonly #dataSource: DataSource

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource
  }

  async add({ executionId, subject, traceparent, body }: StoredFact): Promise<void> {
    await statements(this.#dataSource).query(
      `INSERT INTO unpublished_fact (execution_id, subject, traceparent, body) VALUES ($1, $2, $3, $4)
       ON CONFLICT (execution_id) DO NOTHING`,
      [executionId, subject, traceparent, body],
    )
  }

  /**
   * Hands over every fact that no other replica is handing over, and forgets it when `take` has resolved.
   * @throws what `take` throws; the facts of that batch stay
   */
  async hand(take: (fact: StoredFact) => Promise<void>): Promise<void> {
    for (let taken = AT_ONCE; taken === AT_ONCE;) {
      taken = await transaction(this.#dataSource, async (tx) => {
        const facts = await tx.query<StoredFact>(
          `DELETE FROM unpublished_fact WHERE execution_id IN (
             SELECT execution_id FROM unpublished_fact ORDER BY execution_id LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED)
           RETURNING execution_id AS "executionId", subject, traceparent, body`,
        )
        await Promise.all(facts.map(take))
        return facts.length
      })
    }
  }
}
