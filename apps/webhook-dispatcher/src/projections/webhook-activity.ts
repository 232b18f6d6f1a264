import { AttemptsRecorded } from '@cartly/contracts'
import { defineProjection, factsOf } from '@cartly/event-store'
import { attemptStatsTables, countAttempts } from './attempt-stats.ts'
import { deliveryTables, writeDeliveries } from './deliveries.ts'
import { endpointHealthTables, noteHealth } from './endpoint-health.ts'

/** All that is read from attempts, in one pass over them: the deliveries, their figures, and how endpoints are doing. */
export const webhookActivity = defineProjection({
  name: 'webhook_activity',
  version: 1,
  source: factsOf('ACTIVITY', ['act.webhook.>'], AttemptsRecorded),
  tables: { ...deliveryTables, ...attemptStatsTables, ...endpointHealthTables },
  async apply(batch, tx) {
    await writeDeliveries(batch, tx)
    await countAttempts(batch, tx)
    await noteHealth(batch, tx)
  },
})
