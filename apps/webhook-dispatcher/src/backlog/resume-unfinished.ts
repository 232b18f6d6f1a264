import { timeOfId, type DeliveryId } from '@cartly/contracts'
import type { Bus, ProjectionRunner } from '@cartly/event-store'
import { statements } from '@cartly/read-model'
import type { DataSource } from 'typeorm'
import { backlogRow, type Delivery } from '../delivery/delivery.ts'
import type { Backlog } from './backlog.ts'

const CAUGHT_UP_WITHIN_MS = 5_000

/**
 * Takes in deliveries of an event that was handed out before, to a process that died or lost its connection: what has no
 * outcome and is not in the backlog goes there; what has one is not sent again.
 * The read model is asked once it has every attempt that was recorded before.
 */
export async function resumeUnfinished(
  dataSource: DataSource,
  backlog: Backlog,
  activity: Pick<ProjectionRunner, 'passed'>,
  { jsm }: Bus,
  deliveries: readonly Delivery[],
): Promise<void> {
  const last = await jsm.streams.getMessage('ACTIVITY', { last_by_subj: 'act.webhook.>' })
  await activity.passed(last?.seq ?? 0, CAUGHT_UP_WITHIN_MS)
  const ids = deliveries.map(({ id }) => id)
  const times = [...new Set(ids.map((id) => new Date(timeOfId(id)).toISOString()))]
  const tried = await statements(dataSource).query<{ id: DeliveryId; status: string; attempts: number }>(
    'SELECT id, status, attempts FROM delivery WHERE id = ANY($1) AND created_at = ANY($2::timestamptz[])',
    [ids, times],
  )
  const known = new Map(tried.map((row) => [row.id, row]))
  const open = deliveries.filter(({ id }) => (known.get(id)?.status ?? 'retrying') === 'retrying')
  const now = Date.now()
  const rows = open.map((delivery) => {
    const attempts = known.get(delivery.id)?.attempts ?? 0
    return backlogRow(delivery, attempts + 1, attempts === 0 ? 'event' : 'retry', now)
  })
  // What keeps an order is not taken in this way.
  await backlog.addMissing(rows, new Set())
  for (const delivery of deliveries) delivery.safe()
}
