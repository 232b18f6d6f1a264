import { Alert, Badge, Button, Code, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answered, api } from '../api/client.ts'
import { useChange } from '../api/use-change.ts'
import { oauthQuery, type Connector } from '../integrations/queries.ts'
import type { Service } from '../integrations/use-service.ts'
import { useStoreId } from '../shell/use-store-id.ts'
import { ConfirmButton } from '../ui/confirm-button.tsx'
import { Copy } from '../ui/copy.tsx'
import { Facts } from '../ui/facts.tsx'
import { Moment } from '../ui/moment.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { Read } from '../ui/read.tsx'
import { StatusBadge } from '../ui/status.tsx'

/** What the service has granted, and how to ask for it, renew it, and give it back. */
export function OAuthPanel({ connector, service }: { connector: Connector; service: Service }) {
  const storeId = useStoreId()
  const params = { path: { storeId, connectorId: connector.id } }
  const oauth = useQuery(oauthQuery(storeId, connector.id))
  const [redirectUri, setRedirectUri] = useState<string>()
  const machine = service.auth.grant === 'client_credentials'
  const begin = useChange(storeId, () =>
    answered(api.POST('/v1/stores/{storeId}/connectors/{connectorId}/oauth/authorize', { params })),
  )
  const connect = useChange(storeId, () =>
    answered(api.POST('/v1/stores/{storeId}/connectors/{connectorId}/oauth/connect', { params })),
  )
  const refresh = useChange(storeId, () =>
    answered(api.POST('/v1/stores/{storeId}/connectors/{connectorId}/oauth/refresh', { params })),
  )
  const revoke = useChange(storeId, () =>
    answered(api.DELETE('/v1/stores/{storeId}/connectors/{connectorId}/oauth', { params })),
  )
  const error = begin.error ?? connect.error ?? refresh.error
  return (
    <Read query={oauth} what="the authorization">
      {({ status, scopes, missingScopes, expiresAt, lastRefreshAt, grantEndsAt, reason }) => (
        <Stack>
          <Group>
            <Text fw={600}>Access to your {service.name} account</Text>
            <StatusBadge status={status} />
          </Group>
          {status === 'access_lost' && (
            <Alert color="red" title="Access was lost" role="alert">
              {reason ?? `${service.name} no longer accepts what it granted.`} Sign in again to restore it.
            </Alert>
          )}
          {status === 'connected' && (
            <Facts
              facts={[
                [
                  'Granted',
                  scopes.length > 0
                    ? scopes.map((scope) => (
                        <Badge key={scope} variant="light" color="gray" tt="none" mr={4}>
                          {scope}
                        </Badge>
                      ))
                    : 'what the service gives by itself',
                ],
                ...(missingScopes.length > 0 ? ([['Not granted', missingScopes.join(', ')]] as const) : []),
                ['Token valid until', expiresAt ? <Moment at={expiresAt} /> : 'it does not expire'],
                ['Last renewed', lastRefreshAt ? <Moment at={lastRefreshAt} /> : 'not yet'],
                ...(grantEndsAt ? ([['Sign in again before', <Moment key="end" at={grantEndsAt} />]] as const) : []),
              ]}
            />
          )}
          {error && <ProblemAlert error={error} title={`${service.name} could not be reached for this`} />}
          <Group>
            <Button
              variant={status === 'connected' ? 'default' : 'filled'}
              loading={begin.isPending || connect.isPending}
              onClick={() =>
                machine
                  ? connect.mutate()
                  : begin.mutate(undefined, { onSuccess: ({ authorizationUrl }) => location.assign(authorizationUrl) })
              }
            >
              {machine ? 'Fetch a token' : status === 'connected' ? 'Sign in again' : `Sign in with ${service.name}`}
            </Button>
            {status === 'connected' && (
              <>
                <Button variant="default" loading={refresh.isPending} onClick={() => refresh.mutate()}>
                  Renew now
                </Button>
                <ConfirmButton
                  label="Give access back"
                  title={`Give back the access to ${service.name}?`}
                  consequence="The tokens are revoked at the service and destroyed here. The connector stops working until you sign in again."
                  confirm="Give it back"
                  onConfirm={() => revoke.mutateAsync()}
                />
              </>
            )}
          </Group>
          {!machine && status !== 'connected' && (
            <Stack gap={4}>
              <Text size="sm" c="dimmed">
                You go to {service.name}, allow or deny it there, and come back here. If it says that the redirect
                address is unknown, register it there first.
              </Text>
              {redirectUri ? (
                <Group gap={4}>
                  <Code>{redirectUri}</Code>
                  <Copy value={redirectUri} what="redirect address" />
                </Group>
              ) : (
                <Button
                  variant="subtle"
                  size="compact-sm"
                  style={{ alignSelf: 'start' }}
                  onClick={() =>
                    begin.mutate(undefined, {
                      onSuccess: ({ authorizationUrl }) =>
                        setRedirectUri(new URL(authorizationUrl).searchParams.get('redirect_uri') ?? authorizationUrl),
                    })
                  }
                >
                  Show the redirect address
                </Button>
              )}
            </Stack>
          )}
        </Stack>
      )}
    </Read>
  )
}
