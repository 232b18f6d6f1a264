import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import { answered, api, type Schemas } from '../api/client.ts'
import { useChange } from '../api/use-change.ts'
import { usePart, useStoreId } from '../shell/use-store-id.ts'
import { Page } from '../ui/page.tsx'
import { Read } from '../ui/read.tsx'
import { Section } from '../ui/section.tsx'
import { webhookQuery, type Webhook, type WebhookConfig } from './queries.ts'
import { WebhookForm } from './webhook-form.tsx'

export function Component() {
  const webhook = useQuery(webhookQuery(useStoreId(), usePart('endpointId')))
  return (
    <Read query={webhook} what="the webhook">
      {(found) => <Edit webhook={found} />}
    </Read>
  )
}

/** What may be empty: leaving it out of the form takes it back to its default. */
const optional = [
  'description',
  'filter',
  'mapping',
  'headers',
  'rateLimitPerSecond',
  'timeoutMs',
  'retrySchedule',
] as const

function Edit({ webhook }: { webhook: Webhook }) {
  const storeId = useStoreId()
  const navigate = useNavigate()
  const address = `/stores/${storeId}/webhooks/${webhook.id}`
  const save = useChange(storeId, (config: WebhookConfig) => {
    const cleared = Object.fromEntries(
      optional.flatMap((name) => (webhook[name] !== undefined && config[name] === undefined ? [[name, null]] : [])),
    )
    return answered(
      api.PATCH('/v1/stores/{storeId}/webhooks/{endpointId}', {
        params: { path: { storeId, endpointId: webhook.id }, header: { 'If-Match': `"${webhook.revision}"` } },
        body: { ...config, ...cleared } satisfies Schemas['EndpointSettingsChange'],
      }),
    )
  })
  return (
    <Page
      title="Change the webhook"
      crumbs={[
        { label: 'Webhooks', to: `/stores/${storeId}/webhooks` },
        { label: webhook.url, to: address },
      ]}
    >
      <Section title="What, and where to">
        <WebhookForm
          config={webhook}
          submit="Save"
          saving={save.isPending}
          error={save.error}
          onSubmit={(config) =>
            save.mutate(config, {
              onSuccess: () => {
                notifications.show({ message: 'Saved. It applies to events from now on.' })
                void navigate(address)
              },
            })
          }
        />
      </Section>
    </Page>
  )
}
