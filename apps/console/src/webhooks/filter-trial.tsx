import { List, Text } from '@mantine/core'
import { useQueries, useQuery } from '@tanstack/react-query'
import { IconCircleCheck, IconCircleDashed } from '@tabler/icons-react'
import { useStoreId } from '../shell/use-store-id.ts'
import { passes, type EventFilter } from './event-filter.ts'
import { deliveryQuery, recentDeliveriesQuery, type EventType } from './queries.ts'

const TRIED = 12

interface Tried {
  readonly key: string
  readonly label: string
  readonly event: unknown
}

/** What the filter would have let through of what was sent lately; of the catalogue's examples, when nothing was. */
export function FilterTrial({ filter, types }: { filter: EventFilter; types: readonly EventType[] }) {
  const storeId = useStoreId()
  const { data: recent = [] } = useQuery(recentDeliveriesQuery(storeId, TRIED))
  const wanted = new Set(types.map(({ type }) => type))
  const deliveries = useQueries({
    queries: recent.filter(({ eventType }) => wanted.has(eventType)).map(({ id }) => deliveryQuery(storeId, id)),
  })
  const sent = deliveries.flatMap(({ data }): Tried[] => {
    const event = data?.requestBody === undefined ? undefined : eventIn(data.requestBody)
    return data && event ? [{ key: data.id, label: `${data.eventType}, ${data.eventId}`, event }] : []
  })
  const tried =
    sent.length > 0
      ? sent
      : types.map(({ type, example }): Tried => ({ key: type, label: `${type}, the example`, event: example }))
  const through = tried.filter(({ event }) => passes(filter, event)).length
  return (
    <div>
      <Text size="sm" fw={600} role="status">
        {through} of {tried.length} {sent.length > 0 ? 'recent events' : 'examples'} would be sent
      </Text>
      <List size="sm" mt={4} spacing={2}>
        {tried.map(({ key, label, event }) => {
          const sends = passes(filter, event)
          return (
            <List.Item
              key={key}
              icon={
                sends ? (
                  <IconCircleCheck size={16} color="var(--mantine-color-green-text)" aria-label="Sent" />
                ) : (
                  <IconCircleDashed size={16} color="var(--mantine-color-dimmed)" aria-label="Left out" />
                )
              }
            >
              <Text span size="sm" {...(sends ? {} : { c: 'dimmed' })} style={{ overflowWrap: 'anywhere' }}>
                {label}
              </Text>
            </List.Item>
          )
        })}
      </List>
    </div>
  )
}

/** The event in a delivered body: the Standard Webhooks form calls its time `timestamp`. */
function eventIn(body: string): unknown {
  try {
    const event = JSON.parse(body) as Record<string, unknown>
    return { ...event, time: event['time'] ?? event['timestamp'] }
  } catch {
    return undefined
  }
}
