import { Button, Code, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { answered, api } from '../api/client.ts'
import { pagedQuery } from '../api/paged-query.ts'
import { storeKey } from '../api/store-key.ts'
import { JsonView } from '../json/json-view.tsx'
import { parsed } from '../json/parsed.ts'
import { useStoreId } from '../shell/use-store-id.ts'
import { Disclosure } from '../ui/disclosure.tsx'
import { Empty } from '../ui/empty.tsx'
import { Moment } from '../ui/moment.tsx'
import { Read } from '../ui/read.tsx'

const rejectedQuery = (storeId: string) =>
  pagedQuery(storeKey(storeId, 'rejected-events'), (query) =>
    answered(api.GET('/v1/stores/{storeId}/rejected-events', { params: { path: { storeId }, query } })),
  )

/** Events of the store that did not fit their schema: why, and what came. */
export function RejectedEvents() {
  const rejected = useInfiniteQuery(rejectedQuery(useStoreId()))
  return (
    <Stack>
      <Text c="dimmed" size="sm" maw={640}>
        An event that does not have the form it should have is put aside. It holds up nothing behind it, and no webhook
        or hook gets it.
      </Text>
      <Read query={rejected} what="the rejected events">
        {(events) =>
          events.length === 0 ? (
            <Empty title="None was rejected">Every event your store sent had the form it should have.</Empty>
          ) : (
            events.map(({ at, subject, eventId, code, reason, body }, index) => (
              <Paper key={`${at} ${index}`} withBorder p="md">
                <Group gap="xs">
                  <Title order={2} size="h5">
                    {subject}
                  </Title>
                  <Text size="sm" c="dimmed">
                    <Moment at={at} />
                  </Text>
                </Group>
                <Text size="sm">{reason}</Text>
                <Text size="xs" c="dimmed">
                  <Code>{code}</Code> {eventId}
                </Text>
                <Disclosure label="What came">
                  <JsonView label="Body (its first 4 KiB)" value={parsed(body)} />
                </Disclosure>
              </Paper>
            ))
          )
        }
      </Read>
      {rejected.hasNextPage && (
        <Button variant="default" loading={rejected.isFetchingNextPage} onClick={() => void rejected.fetchNextPage()}>
          Show older
        </Button>
      )}
    </Stack>
  )
}
