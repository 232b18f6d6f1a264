import { Group, Select, Skeleton } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useSearchParams } from 'react-router'
import { moreOf } from '../api/more-of.ts'
import { errorClassWords } from '../execution/error-words.ts'
import { runWords } from '../execution/run-words.ts'
import {
  executionsQuery,
  type Connector,
  type ExecutionFilter,
  type ExecutionSummary,
} from '../integrations/queries.ts'
import { useNewer } from '../live/use-newer.ts'
import { useStoreId } from '../shell/use-store-id.ts'
import { Empty } from '../ui/empty.tsx'
import { LongList, type Column } from '../ui/long-list.tsx'
import { Moment } from '../ui/moment.tsx'
import { duration } from '../ui/quantities.ts'
import { Read } from '../ui/read.tsx'
import { Section } from '../ui/section.tsx'
import { StatusBadge } from '../ui/status.tsx'

const columns: readonly Column<ExecutionSummary>[] = [
  {
    header: 'When',
    width: 'minmax(8rem, 1fr)',
    narrowWidth: '6.5rem',
    cell: ({ startedAt }) => <Moment at={startedAt} />,
  },
  {
    header: 'Hook',
    width: 'minmax(7rem, 1.4fr)',
    cell: runWords,
  },
  { header: 'Result', width: '8rem', sign: true, cell: ({ status }) => <StatusBadge status={status} terse /> },
  { header: 'From', width: '5rem', cell: ({ source }) => source, wideOnly: true },
  { header: 'Took', width: '5rem', cell: ({ durationMs }) => duration(durationMs), wideOnly: true },
  { header: 'Error', width: 'minmax(0, 3fr)', cell: ({ error }) => error?.message ?? '', wideOnly: true },
]

/** The runs of a connector, newest first; the filter is kept in the address. */
export function ExecutionList({ connector }: { connector: Connector }) {
  const storeId = useStoreId()
  const [search, setSearch] = useSearchParams()
  const filter: ExecutionFilter = Object.fromEntries(
    ['hook', 'status', 'errorClass'].flatMap((name) => {
      const value = search.get(name)
      return value ? [[name, value]] : []
    }),
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
  const query = executionsQuery(storeId, connector.id, filter)
  const executions = useInfiniteQuery(query)
  const newer = useNewer(
    query.queryKey,
    executions.data?.length ?? 0,
    ({ kind, data }) => kind === 'execution' && data.connectorId === connector.id,
  )
  return (
    <Section
      title="Runs"
      actions={
        <Group gap="xs" align="flex-end">
          <Select
            size="xs"
            aria-label="Hook"
            placeholder="Any hook"
            clearable
            data={connector.hooks.map(({ name }) => name)}
            value={filter.hook ?? null}
            onChange={set('hook')}
          />
          <Select
            size="xs"
            aria-label="Result"
            placeholder="Any result"
            clearable
            data={[
              { value: 'succeeded', label: 'Succeeded' },
              { value: 'failed', label: 'Failed' },
            ]}
            value={filter.status ?? null}
            onChange={set('status')}
          />
          <Select
            size="xs"
            aria-label="Kind of error"
            placeholder="Any error"
            clearable
            data={Object.entries(errorClassWords).map(([value, { label }]) => ({ value, label }))}
            value={filter.errorClass ?? null}
            onChange={set('errorClass')}
          />
        </Group>
      }
    >
      <Read
        query={executions}
        what="the runs"
        loading={<Skeleton height={240} role="status" aria-label="Loading the runs" />}
      >
        {(runs) => {
          if (runs.length === 0) return <NoRuns filtered={Object.keys(filter).length > 0} connector={connector} />
          return (
            <LongList
              label="Runs, newest first"
              items={runs}
              columns={columns}
              keyOf={({ id }) => id}
              to={({ id }) => `/stores/${storeId}/executions/${id}`}
              newer={newer}
              more={moreOf(executions)}
            />
          )
        }}
      </Read>
    </Section>
  )
}

function NoRuns({ filtered, connector }: { filtered: boolean; connector: Connector }) {
  if (filtered) return <Empty title="No run fits the filter" />
  return (
    <Empty title="Nothing has run yet">
      {connector.status === 'active'
        ? 'Runs appear here as they happen. You can try a hook under Hooks.'
        : 'Runs appear here once it is active.'}
    </Empty>
  )
}
