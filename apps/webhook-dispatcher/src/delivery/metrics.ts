import { counter, gauge } from '@cartly/telemetry'
import type { Backlog } from '../backlog/backlog.ts'
import type { Dispatcher } from './dispatcher.ts'

/** Attempts by what came of them: `outcome` `succeeded`, `failed` or `gone`, and `error.type` where one failed. */
export const attemptsMade = counter('cartly.webhook.attempts', 'Attempts to deliver a webhook', '{attempt}')

/** What waits and what is under way, whenever metrics are collected. */
export function observeDeliveries(dispatcher: Dispatcher, backlog: Backlog): void {
  gauge('cartly.webhook.in_flight', 'Requests to receivers under way', '{request}', (result) =>
    result.observe(dispatcher.inFlight),
  )
  gauge('cartly.webhook.in_memory', 'Deliveries in memory, waiting or under way', '{delivery}', (result) =>
    result.observe(dispatcher.inMemory),
  )
  gauge('cartly.webhook.backlog.overdue', 'How long the delivery that is due longest has waited', 's', async (result) =>
    result.observe(await backlog.overdueSeconds()),
  )
}
