import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, Navigate, useNavigate, useParams } from 'react-router'
import { connectorQuery, oauthQuery, type Connector } from '../integrations/queries.ts'
import { useService } from '../integrations/use-service.ts'
import { usePart, useStoreId } from '../shell/use-store-id.ts'
import { Page } from '../ui/page.tsx'
import { PageLoading } from '../ui/page-loading.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { Read } from '../ui/read.tsx'
import { ActivateStep } from './activate-step.tsx'
import { CredentialsStep } from './credentials-step.tsx'
import { MappingsStep } from './mappings-step.tsx'
import { SettingsStep } from './settings-step.tsx'
import { hasCredentials, isSetupStep, nextStep, setupSteps, stepsOf, type SetupStep } from './setup-steps.ts'
import { Steps } from './steps.tsx'
import { TestStep } from './test-step.tsx'

/** The setup of an installed connector. Each step is saved by itself, so it can be left and taken up again. */
export function Component() {
  const storeId = useStoreId()
  const connector = useQuery(connectorQuery(storeId, usePart('connectorId')))
  return (
    <Read query={connector} what="the integration">
      {(found) => <Setup connector={found} />}
    </Read>
  )
}

function Setup({ connector }: { connector: Connector }) {
  const storeId = useStoreId()
  const navigate = useNavigate()
  const { step } = useParams()
  const { service, error } = useService(connector)
  const oauth = useQuery({ ...oauthQuery(storeId, connector.id), enabled: connector.authType === 'oauth2' })
  const address = `/stores/${storeId}/integrations/${connector.id}`
  if (error) return <ProblemAlert error={error} title="Could not load the service" />
  if (!service || (connector.authType === 'oauth2' && oauth.isPending))
    return <PageLoading label="Loading the service" />

  const credentials = hasCredentials(connector, service, oauth.data?.status === 'connected')
  if (!isSetupStep(step)) return <Navigate to={`${address}/setup/${nextStep(connector, credentials)}`} replace />

  const go = (to: SetupStep) => void navigate(`${address}/setup/${to}`)
  const props = { connector, service }
  return (
    <Page
      title={`Set up ${connector.name}`}
      crumbs={[
        { label: 'Integrations', to: `/stores/${storeId}/integrations` },
        { label: connector.name, to: address },
      ]}
      actions={
        <Button component={Link} to={`/stores/${storeId}/integrations`} variant="default">
          Finish later
        </Button>
      }
    >
      <Steps steps={stepsOf(connector, credentials, address)} current={2 + setupSteps.indexOf(step)} />
      {step === 'credentials' && <CredentialsStep {...props} complete={credentials} onDone={() => go('settings')} />}
      {step === 'settings' && <SettingsStep {...props} onDone={() => go('mappings')} />}
      {step === 'mappings' && <MappingsStep {...props} onDone={() => go('test')} />}
      {step === 'test' && <TestStep {...props} credentials={credentials} onDone={() => go('activate')} go={go} />}
      {step === 'activate' && <ActivateStep {...props} go={go} />}
    </Page>
  )
}
