import { Alert, Button, Group, Progress, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answered, api } from '../api/client.ts'
import { useChange } from '../api/use-change.ts'
import { useStoreId } from '../shell/use-store-id.ts'
import { Empty } from '../ui/empty.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { count } from '../ui/quantities.ts'
import { Section } from '../ui/section.tsx'
import { useMay } from '../session/use-session.ts'
import { localInput } from './local-input.ts'
import { recoveryQuery, webhookStatsQuery, type Recovery, type Webhook } from './queries.ts'

const DAY_MS = 86_400_000

/** Sends again what did not arrive in a time: counted first, then done, its progress shown. */
export function RecoverTab({ webhook }: { webhook: Webhook }) {
  const storeId = useStoreId()
  const mayWrite = useMay('webhooks:write')
  const params = { path: { storeId, endpointId: webhook.id } }
  const [since, setSince] = useState(() => localInput(new Date(Date.now() - DAY_MS)))
  const [until, setUntil] = useState('')
  const range = {
    since: new Date(since).toISOString(),
    ...(until ? { until: new Date(until).toISOString() } : {}),
  }
  const look = useChange(storeId, () =>
    answered(
      api.POST('/v1/stores/{storeId}/webhooks/{endpointId}/recover', { params, body: { ...range, dryRun: true } }),
    ),
  )
  const recover = useChange(storeId, () =>
    answered(api.POST('/v1/stores/{storeId}/webhooks/{endpointId}/recover', { params, body: range })),
  )
  const changeRange = (set: (value: string) => void) => (value: string) => {
    set(value)
    look.reset()
    recover.reset()
  }
  if (!mayWrite) return <Empty title="You may not recover events">Your token lacks the scope webhooks:write.</Empty>
  return (
    <Section
      title="Recover what did not arrive"
      description="For when your server was away longer than the retries last. Events that it already took are not sent again. Events are kept for 7 days."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          look.mutate()
        }}
      >
        <Group align="flex-end">
          <TextInput
            label="From"
            type="datetime-local"
            required
            value={since}
            onChange={(event) => changeRange(setSince)(event.currentTarget.value)}
            error={look.error?.at('/since')}
          />
          <TextInput
            label="Until (now, when empty)"
            type="datetime-local"
            value={until}
            onChange={(event) => changeRange(setUntil)(event.currentTarget.value)}
            error={look.error?.at('/until')}
          />
          <Button type="submit" variant="default" loading={look.isPending}>
            Count first
          </Button>
        </Group>
      </form>
      {look.error && <ProblemAlert error={look.error} title="They could not be counted" />}
      {recover.error && <ProblemAlert error={recover.error} title="The recovery did not begin" />}
      <div aria-live="polite">
        {recover.data ? (
          <Running recovery={recover.data} />
        ) : (
          look.data && (
            <Alert
              color={look.data.total > 0 ? 'blue' : 'green'}
              title={look.data.total > 0 ? `${howMany(look.data)} events did not arrive` : 'Everything arrived'}
            >
              {look.data.total > 0 && (
                <Stack gap="xs" align="flex-start">
                  <Text size="sm">
                    They are sent in the order they happened, no faster than your server takes them.
                  </Text>
                  <Button size="xs" loading={recover.isPending} onClick={() => recover.mutate()}>
                    Send them now
                  </Button>
                </Stack>
              )}
            </Alert>
          )
        )}
      </div>
    </Section>
  )
}

/** A dry run that is still counting has seen so many. */
const howMany = ({ status, total }: Recovery): string => `${status === 'running' ? 'More than ' : ''}${count(total)}`

const endings: Partial<Record<Recovery['status'], string>> = {
  paused: 'Paused',
  cancelled: 'Cancelled',
  failed: 'It could not be finished',
}

/** A recovery puts events into the backlog, from where they go out at the endpoint's pace: it is over when both are. */
function Running({ recovery }: { recovery: Recovery }) {
  const storeId = useStoreId()
  const { id: recoveryId, endpointId } = recovery
  const { data = recovery } = useQuery({ ...recoveryQuery(storeId, endpointId, recoveryId), initialData: recovery })
  const { data: stats } = useQuery({
    ...webhookStatsQuery(storeId, endpointId, '1h'),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.backlog.size === 0 && data.status !== 'running' ? false : 1_000),
  })
  const control = useChange(storeId, (action: 'pause' | 'resume' | 'cancel') =>
    answered(
      api.PATCH('/v1/stores/{storeId}/webhooks/{endpointId}/recoveries/{recoveryId}', {
        params: { path: { storeId, endpointId, recoveryId } },
        body: { action },
      }),
    ),
  )
  const { status, total, recovered } = data
  const waiting = stats?.backlog.size ?? recovered
  const sent = Math.max(0, recovered - waiting)
  const over = status === 'done' && waiting === 0
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        {endings[status] ?? (over ? 'Done' : 'Sending')}: {count(sent)} of {count(total)}
      </Text>
      <Progress value={total === 0 ? 100 : (sent / total) * 100} animated={!over} aria-label="Events sent" />
      {!over && (
        <Text size="sm" c="dimmed">
          {count(waiting)} wait for their turn. What your server does not take is tried again, as any event is.
        </Text>
      )}
      <Group gap="xs">
        {status === 'running' && (
          <Button size="xs" variant="default" loading={control.isPending} onClick={() => control.mutate('pause')}>
            Pause
          </Button>
        )}
        {status === 'paused' && (
          <Button size="xs" loading={control.isPending} onClick={() => control.mutate('resume')}>
            Go on
          </Button>
        )}
        {(status === 'running' || status === 'paused') && (
          <Button size="xs" variant="default" loading={control.isPending} onClick={() => control.mutate('cancel')}>
            Cancel
          </Button>
        )}
      </Group>
      {control.error && <ProblemAlert error={control.error} title="That did not work" />}
    </Stack>
  )
}
