import { Alert, Badge, Button, Code, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { answered, api } from '../api/client.ts'
import { useChange } from '../api/use-change.ts'
import { JsonView } from '../json/json-view.tsx'
import { parsed } from '../json/parsed.ts'
import { useMay } from '../session/use-session.ts'
import { usePart, useStoreId } from '../shell/use-store-id.ts'
import { Copy } from '../ui/copy.tsx'
import { Facts } from '../ui/facts.tsx'
import { Moment } from '../ui/moment.tsx'
import { Page } from '../ui/page.tsx'
import { duration } from '../ui/quantities.ts'
import { Read } from '../ui/read.tsx'
import { Section } from '../ui/section.tsx'
import { StatusBadge } from '../ui/status.tsx'
import { Phases } from './phases.tsx'
import { deliveryQuery, webhookQuery, type Delivery } from './queries.ts'

/** One event on its way to one endpoint, attempt by attempt. */
export function Component() {
  const delivery = useQuery(deliveryQuery(useStoreId(), usePart('deliveryId')))
  return (
    <Read query={delivery} what="the delivery">
      {(found) => <DeliveryPage delivery={found} />}
    </Read>
  )
}

type Attempt = Delivery['attemptLog'][number]

const triggers: Readonly<Record<string, string>> = {
  event: 'as it happened',
  retry: 'retried by itself',
  manual: 'retried by hand',
  recovery: 'recovered',
  test: 'a test',
}

function DeliveryPage({ delivery }: { delivery: Delivery }) {
  const storeId = useStoreId()
  const mayWrite = useMay('webhooks:write')
  const webhook = useQuery(webhookQuery(storeId, delivery.endpointId))
  const retry = useChange(storeId, () =>
    answered(
      api.POST('/v1/stores/{storeId}/deliveries/{deliveryId}/retry', {
        params: { path: { storeId, deliveryId: delivery.id } },
      }),
    ),
  )
  const test = delivery.attemptLog.some(({ trigger }) => trigger === 'test')
  return (
    <Page
      title={delivery.eventType}
      badge={<StatusBadge status={delivery.status} />}
      crumbs={[
        { label: 'Webhooks', to: `/stores/${storeId}/webhooks` },
        { label: webhook.data?.url ?? 'Webhook', to: `/stores/${storeId}/webhooks/${delivery.endpointId}` },
      ]}
      description={
        <>
          Happened <Moment at={delivery.createdAt} />
          {delivery.nextAttemptAt && (
            <>
              {Date.parse(delivery.nextAttemptAt) > Date.now() ? (
                <>
                  , next try <Moment at={delivery.nextAttemptAt} />
                </>
              ) : (
                ', waits for its turn'
              )}
            </>
          )}
        </>
      }
      actions={
        mayWrite &&
        delivery.requestBody !== undefined && (
          <Button
            loading={retry.isPending}
            variant={delivery.status === 'succeeded' ? 'default' : 'filled'}
            onClick={() =>
              retry.mutate(undefined, {
                onSuccess: ({ attemptLog }) => {
                  const taken = attemptLog.at(-1)?.outcome === 'succeeded'
                  notifications.show({
                    color: taken ? 'green' : 'red',
                    message: taken ? 'Your server took it.' : 'Your server did not take it: see the last attempt.',
                  })
                },
                onError: (error) =>
                  notifications.show({ color: 'red', title: 'It could not be sent', message: error.message }),
              })
            }
          >
            {delivery.status === 'succeeded' ? 'Send again' : 'Try now'}
          </Button>
        )
      }
    >
      {delivery.error && delivery.status !== 'succeeded' && (
        <Alert color="red" title="It did not arrive">
          <Text size="sm">{delivery.error.message}</Text>
        </Alert>
      )}
      <Section title={delivery.attemptLog.length === 1 ? 'One attempt' : `${delivery.attemptLog.length} attempts`}>
        <Stack gap="xl">
          {delivery.attemptLog.toReversed().map((attempt) => (
            <AttemptDetail key={`${attempt.attempt}-${attempt.at}`} attempt={attempt} />
          ))}
        </Stack>
      </Section>
      <Section title="What was sent">
        {delivery.requestBody === undefined ? (
          <Text c="dimmed" size="sm">
            {test
              ? `The example of ${delivery.eventType}. A test is not tried again; send another from the webhook’s page.`
              : 'The event is no longer kept, so it cannot be sent again.'}
          </Text>
        ) : (
          <JsonView label="Body" value={parsed(delivery.requestBody)} maxHeight={480} />
        )}
      </Section>
      <Section title="About this delivery">
        <Facts
          facts={[
            ['Delivery', <Identifier key="delivery" value={delivery.id} what="delivery ID" />],
            ['webhook-id', <Identifier key="message" value={delivery.messageId} what="message ID" />],
            ['Event', <Identifier key="event" value={delivery.eventId} what="event ID" />],
          ]}
        />
      </Section>
    </Page>
  )
}

function AttemptDetail({ attempt }: { attempt: Attempt }) {
  const {
    attempt: number,
    trigger,
    at,
    outcome,
    status,
    requestHeaders,
    responseHeaders,
    responseBody,
    error,
  } = attempt
  return (
    <Stack component="section" gap="xs" aria-label={`Attempt ${number}`}>
      <Group gap="xs">
        <Title order={3} size="h5">
          Attempt {number}
        </Title>
        <StatusBadge status={outcome} />
        {status !== undefined && (
          <Badge variant="light" color={status < 300 ? 'green' : 'red'} tt="none">
            {status}
          </Badge>
        )}
        <Text size="sm" c="dimmed">
          <Moment at={at} />, {triggers[trigger] ?? trigger}, {duration(attempt.timings.total)}
        </Text>
      </Group>
      {error && <Text size="sm">{error.message}</Text>}
      <Phases timings={attempt.timings} />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <JsonView label="Request headers" value={headerLines(requestHeaders)} maxHeight={200} />
        {responseHeaders || responseBody ? (
          <Stack gap="xs">
            {responseHeaders && (
              <JsonView label="Response headers" value={headerLines(responseHeaders)} maxHeight={200} />
            )}
            {responseBody && (
              <JsonView label="Response body (its first 16 KiB)" value={parsed(responseBody)} maxHeight={200} />
            )}
          </Stack>
        ) : (
          <Text size="sm" c="dimmed">
            {status === undefined ? 'No response came.' : 'The response had no body.'}
          </Text>
        )}
      </SimpleGrid>
    </Stack>
  )
}

const headerLines = (headers: Readonly<Record<string, string>>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')

const Identifier = ({ value, what }: { value: string; what: string }) => (
  <Group gap={4}>
    <Code>{value}</Code>
    <Copy value={value} what={what} />
  </Group>
)
