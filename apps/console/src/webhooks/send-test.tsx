import { Alert, Anchor, Button, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { answered, api } from '../api/client.ts'
import { useChange } from '../api/use-change.ts'
import { useStoreId } from '../shell/use-store-id.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { duration } from '../ui/quantities.ts'
import { EventTypeDetail } from './event-choice.tsx'
import { eventTypesQuery, type Webhook } from './queries.ts'

/** Sends an example event now, and says what came of it. */
export function SendTest({ webhook }: { webhook: Webhook }) {
  const storeId = useStoreId()
  const [opened, { open, close }] = useDisclosure()
  const { data: types = [] } = useQuery({ ...eventTypesQuery, enabled: opened })
  const [chosen, setChosen] = useState<string | null>(null)
  const eventType = chosen ?? types.find(({ type }) => webhook.eventTypes.includes(type))?.type ?? types[0]?.type
  const shown = types.find(({ type }) => type === eventType)
  const test = useChange(storeId, () =>
    answered(
      api.POST('/v1/stores/{storeId}/webhooks/{endpointId}/test', {
        params: { path: { storeId, endpointId: webhook.id } },
        body: eventType ? { eventType } : {},
      }),
    ),
  )
  const last = test.data?.attemptLog.at(-1)
  return (
    <>
      <Button onClick={open}>Send a test</Button>
      <Modal opened={opened} onClose={close} title="Send an example event" size="lg">
        <Stack>
          <Select
            label="Event"
            data={types.map(({ type }) => type)}
            value={eventType ?? null}
            onChange={setChosen}
            allowDeselect={false}
          />
          {shown && <EventTypeDetail type={shown} />}
          <div aria-live="polite">
            {test.error && <ProblemAlert error={test.error} title="The test could not be sent" />}
            {test.data && last && (
              <Alert
                color={last.outcome === 'succeeded' ? 'green' : 'red'}
                title={
                  last.outcome === 'succeeded'
                    ? `Your server took it in ${duration(last.timings.total)}`
                    : 'Your server did not take it'
                }
              >
                <Stack gap={4}>
                  {last.status !== undefined && <Text size="sm">It answered {last.status}.</Text>}
                  {last.error && <Text size="sm">{last.error.message}</Text>}
                  <Anchor component={Link} to={`/stores/${storeId}/deliveries/${test.data.id}`} size="sm">
                    See request and response
                  </Anchor>
                </Stack>
              </Alert>
            )}
          </div>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Close
            </Button>
            <Button loading={test.isPending} onClick={() => test.mutate()}>
              Send it
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
