import { Alert, Button, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconAlertTriangle } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { useMay } from '../session/use-session.ts'
import { usePart, useStoreId } from '../shell/use-store-id.ts'
import { Page } from '../ui/page.tsx'
import { PageLoading } from '../ui/page-loading.tsx'
import { Read } from '../ui/read.tsx'
import { StatusBadge } from '../ui/status.tsx'
import { LiveDot } from '../live/live-dot.tsx'
import { webhookQuery, type Webhook } from './queries.ts'
import { RecoverTab } from './recover-tab.tsx'
import { SigningTab } from './signing-tab.tsx'
import { ConfigurationTab } from './configuration-tab.tsx'
import { WebhookActions } from './webhook-actions.tsx'

const DeliveriesTab = lazy(() => import('./deliveries-tab.tsx'))

const tabs = { deliveries: 'Deliveries', configuration: 'Configuration', signing: 'Signing', recover: 'Recover' }

/** A webhook: what was sent, how it went, and what to do about what did not arrive. */
export function Component() {
  const webhook = useQuery(webhookQuery(useStoreId(), usePart('endpointId')))
  return (
    <Read query={webhook} what="the webhook">
      {(found) => <WebhookPage webhook={found} />}
    </Read>
  )
}

function WebhookPage({ webhook }: { webhook: Webhook }) {
  const storeId = useStoreId()
  const navigate = useNavigate()
  const mayWrite = useMay('webhooks:write')
  const { tab = 'deliveries' } = useParams()
  const address = `/stores/${storeId}/webhooks/${webhook.id}`
  const { disabled } = webhook
  return (
    <Page
      title={webhook.url}
      address
      badge={
        <>
          <StatusBadge status={webhook.status} />
          {webhook.status === 'enabled' && <LiveDot />}
        </>
      }
      description={webhook.description}
      crumbs={[{ label: 'Webhooks', to: `/stores/${storeId}/webhooks` }]}
      actions={mayWrite && <WebhookActions webhook={webhook} />}
    >
      {disabled && (
        <Alert
          color={disabled.cause === 'user' ? 'gray' : 'red'}
          icon={<IconAlertTriangle aria-hidden />}
          title={disabled.cause === 'user' ? 'It is switched off' : 'It was switched off by itself'}
        >
          <p style={{ marginTop: 0 }}>
            {disabled.reason} Nothing is sent while it is off; once it is on again, what it missed can be recovered.
          </p>
          <Button component={Link} to={`${address}/recover`} size="xs" variant="default">
            Recover what it missed
          </Button>
        </Alert>
      )}
      <Tabs
        value={tab}
        onChange={(next) =>
          void navigate(next === 'deliveries' ? address : `${address}/${next}`, { preventScrollReset: true })
        }
        keepMounted={false}
      >
        <Tabs.List style={{ flexWrap: 'nowrap', overflowX: 'auto' }} mb="lg">
          {Object.entries(tabs).map(([name, label]) => (
            <Tabs.Tab key={name} value={name}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="deliveries">
          <Suspense fallback={<PageLoading />}>
            <DeliveriesTab webhook={webhook} />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="configuration">
          <ConfigurationTab webhook={webhook} />
        </Tabs.Panel>
        <Tabs.Panel value="signing">
          <SigningTab webhook={webhook} />
        </Tabs.Panel>
        <Tabs.Panel value="recover">
          <RecoverTab webhook={webhook} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
