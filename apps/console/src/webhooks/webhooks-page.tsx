import { Anchor, Button, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { IconPlus } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useMay } from '../session/use-session.ts'
import { useStoreId } from '../shell/use-store-id.ts'
import { Empty } from '../ui/empty.tsx'
import { Figure, Health } from '../ui/health.tsx'
import { Page } from '../ui/page.tsx'
import { count } from '../ui/quantities.ts'
import { Read } from '../ui/read.tsx'
import { StatusBadge } from '../ui/status.tsx'
import classes from '../ui/list-row.module.css'
import { webhooksQuery, type Webhook } from './queries.ts'

/** Settings → Webhooks: where the store's events are sent, and how well that goes. */
export function Component() {
  const storeId = useStoreId()
  const mayWrite = useMay('webhooks:write')
  const webhooks = useInfiniteQuery(webhooksQuery(storeId))
  const create = mayWrite && (
    <Button component={Link} to={`/stores/${storeId}/webhooks/new`} leftSection={<IconPlus size={16} aria-hidden />}>
      Add a webhook
    </Button>
  )
  return (
    <Page
      title="Webhooks"
      description="Your own servers are told of what happens in the store, as it happens: signed, retried, and in the order you choose."
      actions={create}
    >
      <Read query={webhooks} what="your webhooks" loading={<Waiting />}>
        {(all) =>
          all.length === 0 ? (
            <Empty title="No webhook yet" action={create}>
              Add the address of a server of yours, and choose what it should be told of.
            </Empty>
          ) : (
            <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }}>
              {all.map((webhook) => (
                <WebhookRow key={webhook.id} webhook={webhook} />
              ))}
            </Stack>
          )
        }
      </Read>
      {webhooks.hasNextPage && (
        <Button variant="default" loading={webhooks.isFetchingNextPage} onClick={() => void webhooks.fetchNextPage()}>
          Show more
        </Button>
      )}
    </Page>
  )
}

function WebhookRow({ webhook: { id, url, status, eventTypes, description, disabled, health } }: { webhook: Webhook }) {
  const storeId = useStoreId()
  return (
    <Paper component="li" withBorder p="md" className={classes.row}>
      <Stack gap={2} miw={0} flex="1 1 320px">
        <Group gap="xs">
          <Title order={2} size="h5" style={{ overflowWrap: 'anywhere' }}>
            <Anchor component={Link} to={`/stores/${storeId}/webhooks/${id}`} inherit>
              {url}
            </Anchor>
          </Title>
          <StatusBadge status={status} />
        </Group>
        {description && <Text size="sm">{description}</Text>}
        <Text size="sm" c="dimmed">
          {eventTypes.includes('*') ? 'Every event' : eventTypes.join(', ')}
        </Text>
        {disabled && disabled.cause !== 'user' && (
          <Text size="sm" c="red">
            {disabled.reason}
          </Text>
        )}
      </Stack>
      {health && (
        <Health
          health={health}
          what="Attempts"
          failure={{ label: 'Given up', to: (delivery) => `/stores/${storeId}/deliveries/${delivery}` }}
        >
          <Figure name="Waiting" bad={health.waiting > 0}>
            {count(health.waiting)}
          </Figure>
        </Health>
      )}
    </Paper>
  )
}

const Waiting = () => (
  <Stack role="status" aria-label="Loading your webhooks">
    <Skeleton height={90} />
    <Skeleton height={90} />
  </Stack>
)
