import type { AttemptsRecorded } from '@cartly/contracts'
import { defineProjection, type RecordedFact, type Source } from '@cartly/event-store'
import { attemptStatsTables, countAttempts } from './attempt-stats.ts'
import { deliveryTables, writeDeliveries } from './deliveries.ts'
import { endpointHealthTables, noteHealth } from './endpoint-health.ts'

/**
 * Attempts as this service has published them. They are not checked against their schema again: nobody else may publish
 * there, and it would cost more than writing them does.
 */
const attempts: Source<RecordedFact<AttemptsRecorded>> = {
  stream: 'ACTIVITY',
  filters: ['act.webhook.>'],
  decode: (message) => {
    const { sequence, subject, time } = message
    const fact = message.json() as AttemptsRecorded
    return { sequence, subject, time, traceparent: message.header('traceparent'), fact }
  },
  undecodable: 'setAside',
}

/** All that is read from attempts, in one pass over them: the deliveries, their figures, and how endpoints are doing. */
export const webhookActivity = defineProjection({
  name: 'webhook_activity',
  version: 3,
  source: attempts,
  paceMs: 100,
  tables: { ...deliveryTables, ...attemptStatsTables, ...endpointHealthTables },
  async apply(batch, tx) {
    await writeDeliveries(batch, tx)
    await countAttempts(batch, tx)
    await noteHealth(batch, tx)
  },
})
