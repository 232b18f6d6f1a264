import type { EndpointId, WebhookEndpoint } from '@cartly/contracts'
import { Sketch, statements } from '@cartly/read-model'
import type { DataSource } from 'typeorm'

const HOUR_S = 3_600
const DAY_S = 24 * HOUR_S

type Health = NonNullable<WebhookEndpoint['health']>

interface Counts {
  endpoint_id: EndpointId
  /** Seconds since the epoch; a minute of this hour, or an hour that was rolled up. */
  at: number
  total: number
  failed: number
  latency: Uint8Array
}

interface Failure {
  endpoint_id: EndpointId
  id: string
  last_attempt_at: Date
}

/** How each of these endpoints did in the last 24 hours, this one included: three statements, however many there are. */
export async function healthOf(
  dataSource: DataSource,
  endpointIds: readonly EndpointId[],
  now: number,
): Promise<(endpointId: EndpointId) => Health> {
  const sql = statements(dataSource)
  const since = hourOf(now / 1_000) - DAY_S + HOUR_S
  const [counted, waiting, failures] = await Promise.all([
    sql.query<Counts>(
      `SELECT endpoint_id, at, total, failed, latency FROM attempt_stats
       WHERE endpoint_id = ANY($1) AND at >= $2 ORDER BY at`,
      [endpointIds, since],
    ),
    sql.query<{ endpoint_id: EndpointId; size: number }>(
      `SELECT endpoint_id, count(*)::integer AS size FROM backlog WHERE endpoint_id = ANY($1) GROUP BY endpoint_id`,
      [endpointIds],
    ),
    sql.query<Failure>(
      `SELECT last.endpoint_id, last.id, last.last_attempt_at FROM unnest($1::text[]) AS asked(endpoint_id)
       CROSS JOIN LATERAL (
         SELECT endpoint_id, id, last_attempt_at FROM delivery
         WHERE endpoint_id = asked.endpoint_id AND status <> 'succeeded' AND status = 'failed' ORDER BY id DESC LIMIT 1
       ) AS last`,
      [endpointIds],
    ),
  ])
  const counts = Map.groupBy(counted, (row) => row.endpoint_id)
  const backlog = new Map(waiting.map(({ endpoint_id, size }) => [endpoint_id, size]))
  const last = new Map(failures.map((failure) => [failure.endpoint_id, failure]))
  return (id) => ({ ...summed(counts.get(id) ?? []), waiting: backlog.get(id) ?? 0, ...failureOf(last.get(id)) })
}

const hourOf = (seconds: number): number => Math.floor(seconds / HOUR_S) * HOUR_S

function summed(rows: readonly Counts[]): Omit<Health, 'waiting' | 'lastFailure'> {
  const latency = new Sketch()
  const hours = new Map<number, { total: number; failed: number }>()
  const all = { total: 0, failed: 0 }
  for (const { at, total, failed, latency: durations } of rows) {
    latency.merge(Sketch.of(durations))
    const hour = hours.get(hourOf(at)) ?? { total: 0, failed: 0 }
    hours.set(hourOf(at), hour)
    for (const sums of [all, hour]) {
      sums.total += total
      sums.failed += failed
    }
  }
  return {
    ...all,
    successRate: all.total === 0 ? null : (all.total - all.failed) / all.total,
    p95Ms: latency.quantiles([0.95])[0],
    hours: [...hours].map(([at, sums]) => ({ at: new Date(at * 1_000).toISOString(), ...sums })),
  }
}

const failureOf = (failure: Failure | undefined): Pick<Health, 'lastFailure'> =>
  failure ? { lastFailure: { id: failure.id, at: failure.last_attempt_at.toISOString() } } : {}
