import { Button, Chip, Group, Stack, Text } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answered, api } from '../api/client.ts'
import { storeKey } from '../api/store-key.ts'
import { useLive } from '../live/use-live.ts'
import { useStoreId } from '../shell/use-store-id.ts'
import { Empty } from '../ui/empty.tsx'
import { LongList, type Column } from '../ui/long-list.tsx'
import { Moment } from '../ui/moment.tsx'
import { duration } from '../ui/quantities.ts'
import { StatusBadge } from '../ui/status.tsx'
import { happeningOf, ofDelivery, ofExecution, type Happening } from './happening.ts'

/** How many are kept on the page; older ones are in the lists of their connector or webhook. */
const KEPT = 2_000
const FIRST = 50

const kinds = { execution: 'Runs', delivery: 'Deliveries', change: 'Changes', rejected: 'Rejected' } as const

const columns: readonly Column<Happening>[] = [
  { header: 'When', width: '8rem', narrowWidth: '6.5rem', cell: ({ at }) => <Moment at={at} /> },
  { header: 'What', width: 'minmax(8rem, 2fr)', cell: ({ what }) => what },
  {
    header: 'Result',
    width: '8rem',
    sign: true,
    cell: ({ status }) => status && <StatusBadge status={status} terse />,
  },
  { header: 'Took', width: '5rem', cell: ({ took }) => (took === undefined ? '' : duration(took)), wideOnly: true },
  { header: 'Detail', width: 'minmax(0, 3fr)', cell: ({ detail }) => detail, wideOnly: true },
]

/** The newest first; new ones come in at the top until the feed is paused. */
export function LiveFeed() {
  const storeId = useStoreId()
  const [come, setCome] = useState<readonly Happening[]>([])
  const [paused, setPaused] = useState(false)
  const [missed, setMissed] = useState(0)
  const [shown, setShown] = useState<string[]>(Object.keys(kinds))
  const before = useQuery(recentQuery(storeId))
  useLive((event) => {
    if (event.kind === 'missed') return setMissed((sum) => sum + event.data.count)
    const happening = happeningOf(event)
    if (happening && !paused) setCome((present) => [happening, ...present].slice(0, KEPT))
  })
  const known = new Set(come.map(({ key }) => key))
  const all = [...come, ...(before.data ?? []).filter(({ key }) => !known.has(key))].filter(({ kind }) =>
    shown.includes(kind),
  )
  return (
    <Stack>
      <Group justify="space-between">
        <Chip.Group multiple value={shown} onChange={setShown}>
          <Group gap="xs" role="group" aria-label="Show">
            {Object.entries(kinds).map(([kind, label]) => (
              <Chip key={kind} value={kind}>
                {label}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
        <Button
          variant="default"
          onClick={() => setPaused(!paused)}
          leftSection={paused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />}
        >
          {paused ? 'Go on' : 'Pause'}
        </Button>
      </Group>
      {missed > 0 && (
        <Text size="sm" role="status">
          {missed} more happened than could be shown here; they are in the lists.
        </Text>
      )}
      {all.length === 0 ? (
        <Empty title="Nothing happens right now">It appears here the moment it does.</Empty>
      ) : (
        <LongList
          label="What happens, newest first"
          items={all}
          columns={columns}
          keyOf={({ key }) => key}
          to={({ to }) => `/stores/${storeId}/${to}`}
        />
      )}
    </Stack>
  )
}

/** What happened before the page was opened. */
const recentQuery = (storeId: string) => ({
  queryKey: storeKey(storeId, 'recent-activity'),
  queryFn: async (): Promise<Happening[]> => {
    const params = { path: { storeId }, query: { limit: FIRST } }
    const [executions, deliveries] = await Promise.all([
      answered(api.GET('/v1/stores/{storeId}/executions', { params })),
      answered(api.GET('/v1/stores/{storeId}/deliveries', { params })),
    ])
    return [...executions.data.map(ofExecution), ...deliveries.data.map(ofDelivery)].toSorted((one, other) =>
      other.at.localeCompare(one.at),
    )
  },
})
