import { Group, Select, Skeleton, Stack } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { moreOf } from '../api/more-of.ts'
import { useNewer } from '../live/use-newer.ts'
import { useStoreId } from '../shell/use-store-id.ts'
import { Empty } from '../ui/empty.tsx'
import { TOO_FEW } from '../ui/health.tsx'
import { LongList, type Column } from '../ui/long-list.tsx'
import { Metrics } from '../ui/metric.tsx'
import { Moment } from '../ui/moment.tsx'
import { count, duration, share } from '../ui/quantities.ts'
import { Read } from '../ui/read.tsx'
import { Section } from '../ui/section.tsx'
import { StatsCharts } from '../ui/stats-charts.tsx'
import { StatusBadge, statusLabel } from '../ui/status.tsx'
import { WindowChoice, type Window } from '../ui/window-choice.tsx'
import {
  deliveriesQuery,
  eventTypesQuery,
  webhookStatsQuery,
  type DeliveryFilter,
  type DeliverySummary,
  type Webhook,
} from './queries.ts'

const circuits = {
  closed: 'events are sent',
  half_open: 'one event is tried',
  open: 'it failed too often, events wait',
}

const columns: readonly Column<DeliverySummary>[] = [
  {
    header: 'When',
    width: 'minmax(8rem, 1fr)',
    narrowWidth: '6.5rem',
    cell: ({ createdAt }) => <Moment at={createdAt} />,
  },
  { header: 'Event', width: 'minmax(8rem, 1.4fr)', cell: ({ eventType }) => eventType },
  { header: 'Result', width: '9rem', sign: true, cell: ({ status }) => <StatusBadge status={status} terse /> },
  { header: 'Answer', width: '4.5rem', cell: ({ lastStatus }) => lastStatus ?? '–', wideOnly: true },
  { header: 'Attempts', width: '5rem', cell: ({ attempts }) => attempts, wideOnly: true },
  {
    header: 'Next try',
    width: '8rem',
    cell: ({ nextAttemptAt }) => nextAttemptAt && <NextTry at={nextAttemptAt} />,
    wideOnly: true,
  },
  { header: 'Error', width: 'minmax(0, 2fr)', cell: ({ error }) => error?.message ?? '', wideOnly: true },
]

/** What is due already waits for those before it, or for the circuit. */
const NextTry = ({ at }: { at: string }) => (Date.parse(at) > Date.now() ? <Moment at={at} /> : 'in its turn')

/** How deliveries to a webhook went: figures, charts, and each of them. */
export default function DeliveriesTab({ webhook }: { webhook: Webhook }) {
  const storeId = useStoreId()
  const [window, setWindow] = useState<Window>('24h')
  const stats = useQuery(webhookStatsQuery(storeId, webhook.id, window))
  return (
    <Stack gap="lg">
      <Group justify="flex-end">
        <WindowChoice value={window} onChange={setWindow} />
      </Group>
      <Read query={stats} what="the figures">
        {(figures) => (
          <>
            <Metrics
              label="Figures of the period"
              values={[
                {
                  label: 'Success',
                  value: share(figures.successRate),
                  note: `${count(figures.failed)} of ${count(figures.total)} attempts failed`,
                  bad: (figures.successRate ?? 1) < TOO_FEW,
                },
                {
                  label: 'p50',
                  value: duration(figures.latencyMs.p50),
                  note: `p99 ${duration(figures.latencyMs.p99)}`,
                },
                { label: 'p95', value: duration(figures.latencyMs.p95) },
                {
                  label: 'Waiting',
                  value: count(figures.backlog.size),
                  note:
                    figures.backlog.oldestAgeMs === null
                      ? 'nothing in the backlog'
                      : `the oldest for ${duration(figures.backlog.oldestAgeMs)}`,
                  bad: figures.backlog.size > 0,
                },
                {
                  label: 'Circuit',
                  value: figures.circuit === 'closed' ? 'Closed' : figures.circuit === 'open' ? 'Open' : 'Half open',
                  note: circuits[figures.circuit],
                  bad: figures.circuit !== 'closed',
                },
              ]}
            />
            <StatsCharts stats={figures} what="Attempts" />
          </>
        )}
      </Read>
      <Deliveries webhook={webhook} />
    </Stack>
  )
}

const statuses = ['pending', 'succeeded', 'failed', 'retrying', 'parked'] as const

function Deliveries({ webhook }: { webhook: Webhook }) {
  const storeId = useStoreId()
  const [search, setSearch] = useSearchParams()
  const { data: types = [] } = useQuery(eventTypesQuery)
  const status = search.get('status')
  const eventType = search.get('eventType')
  const filter = { ...(status ? { status } : {}), ...(eventType ? { eventType } : {}) } as DeliveryFilter
  const query = deliveriesQuery(storeId, webhook.id, filter)
  const deliveries = useInfiniteQuery(query)
  const newer = useNewer(
    query.queryKey,
    deliveries.data?.length ?? 0,
    ({ kind, data }) => kind === 'delivery' && data.endpointId === webhook.id,
  )
  const set = (name: string) => (value: string | null) =>
    setSearch(
      (present) => {
        if (value) present.set(name, value)
        else present.delete(name)
        return present
      },
      { replace: true, preventScrollReset: true },
    )
  return (
    <Section
      title="Deliveries"
      actions={
        <>
          <Select
            size="xs"
            aria-label="Result"
            placeholder="Any result"
            clearable
            data={statuses.map((value) => ({ value, label: statusLabel(value) }))}
            value={status}
            onChange={set('status')}
          />
          <Select
            size="xs"
            aria-label="Event"
            placeholder="Any event"
            clearable
            searchable
            data={types.map(({ type }) => type)}
            value={eventType}
            onChange={set('eventType')}
          />
        </>
      }
    >
      <Read
        query={deliveries}
        what="the deliveries"
        loading={<Skeleton height={240} role="status" aria-label="Loading the deliveries" />}
      >
        {(all) =>
          all.length === 0 ? (
            <Empty title={status || eventType ? 'No delivery fits the filter' : 'Nothing was sent yet'}>
              {!status &&
                !eventType &&
                'Deliveries appear here as events happen. A test shows at once whether your server is reached.'}
            </Empty>
          ) : (
            <LongList
              label="Deliveries, newest first"
              items={all}
              columns={columns}
              keyOf={({ id }) => id}
              to={({ id }) => `/stores/${storeId}/deliveries/${id}`}
              newer={newer}
              more={moreOf(deliveries)}
            />
          )
        }
      </Read>
    </Section>
  )
}
