import { Alert, Button, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconAlertTriangle } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { connectorQuery, type Connector } from '../integrations/queries.ts'
import { useService, type Service } from '../integrations/use-service.ts'
import { LiveDot } from '../live/live-dot.tsx'
import { usePart, useStoreId } from '../shell/use-store-id.ts'
import { Page } from '../ui/page.tsx'
import { PageLoading } from '../ui/page-loading.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { Read } from '../ui/read.tsx'
import { StatusBadge } from '../ui/status.tsx'
import { ConnectorActions } from './connector-actions.tsx'
import { CredentialsTab } from './credentials-tab.tsx'
import { HooksTab } from './hooks-tab.tsx'
import { MappingsTab } from './mappings-tab.tsx'
import { SettingsTab } from './settings-tab.tsx'

const OverviewTab = lazy(() => import('./overview-tab.tsx'))
const VersionsTab = lazy(() => import('./versions-tab.tsx'))
const HistoryTab = lazy(() => import('./history-tab.tsx'))

const tabs = {
  overview: 'Overview',
  hooks: 'Hooks',
  mappings: 'Mappings',
  credentials: 'Credentials',
  settings: 'Settings',
  versions: 'Versions',
  history: 'History',
}

/** A connector: how it does, how it is set up, and what became of it. */
export function Component() {
  const storeId = useStoreId()
  const connector = useQuery(connectorQuery(storeId, usePart('connectorId')))
  return (
    <Read query={connector} what="the integration">
      {(found) => <ConnectorPage connector={found} />}
    </Read>
  )
}

function ConnectorPage({ connector }: { connector: Connector }) {
  const storeId = useStoreId()
  const navigate = useNavigate()
  const { tab = 'overview' } = useParams()
  const { service, error } = useService(connector)
  const address = `/stores/${storeId}/integrations/${connector.id}`
  return (
    <Page
      title={connector.name}
      badge={
        <>
          <StatusBadge status={connector.status} />
          {connector.status === 'active' && <LiveDot />}
        </>
      }
      crumbs={[{ label: 'Integrations', to: `/stores/${storeId}/integrations` }]}
      description={service?.description}
      actions={<ConnectorActions connector={connector} />}
    >
      <Hint connector={connector} address={address} />
      {error && <ProblemAlert error={error} title="Could not load the service" />}
      <Tabs
        value={tab}
        onChange={(next) =>
          void navigate(next === 'overview' ? address : `${address}/${next}`, { preventScrollReset: true })
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
        {Object.keys(tabs).map((name) => (
          <Tabs.Panel key={name} value={name}>
            {service ? (
              <Suspense fallback={<PageLoading />}>
                <Content tab={name} connector={connector} service={service} />
              </Suspense>
            ) : (
              !error && <PageLoading label="Loading the service" />
            )}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  )
}

function Content({ tab, ...props }: { tab: string; connector: Connector; service: Service }) {
  switch (tab) {
    case 'hooks':
      return <HooksTab {...props} />
    case 'mappings':
      return <MappingsTab {...props} />
    case 'credentials':
      return <CredentialsTab {...props} />
    case 'settings':
      return <SettingsTab {...props} />
    case 'versions':
      return <VersionsTab {...props} />
    case 'history':
      return <HistoryTab {...props} />
    default:
      return <OverviewTab {...props} />
  }
}

/** What there is to do about a connector that does not run. */
function Hint({ connector, address }: { connector: Connector; address: string }) {
  const { status, statusReason, name } = connector
  if (status === 'needs_attention') {
    const credentials = statusReason?.code !== 'breaker_open'
    return (
      <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title={`${name} needs you`}>
        <p style={{ marginTop: 0 }}>{statusReason?.message ?? 'It does not work as it is.'}</p>
        <Button component={Link} to={credentials ? `${address}/credentials` : address} size="xs" variant="default">
          {credentials ? 'To its credentials' : 'See what fails'}
        </Button>
      </Alert>
    )
  }
  if (status === 'installed' || status === 'ready') {
    return (
      <Alert color="yellow" title={status === 'ready' ? 'One step is left' : 'The setup is not finished'}>
        <p style={{ marginTop: 0 }}>
          {status === 'ready'
            ? 'It is tested and only has to be activated.'
            : 'Your store does not use it until it is tested and activated.'}
        </p>
        <Button component={Link} to={`${address}/setup`} size="xs">
          Continue setup
        </Button>
      </Alert>
    )
  }
  const missing = connector.oauth?.scopesMissing ?? []
  if (missing.length === 0) return null
  return (
    <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} title={`${name} was not granted everything`}>
      <p style={{ marginTop: 0 }}>
        {missing.join(', ')} {missing.length > 1 ? 'are' : 'is'} missing, so some of its hooks may fail. Sign in again
        and allow everything.
      </p>
      <Button component={Link} to={`${address}/credentials`} size="xs" variant="default">
        To its credentials
      </Button>
    </Alert>
  )
}
