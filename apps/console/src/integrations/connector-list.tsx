import { Anchor, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { useStoreId } from '../shell/use-store-id.ts'
import { Health } from '../ui/health.tsx'
import { StatusBadge } from '../ui/status.tsx'
import classes from '../ui/list-row.module.css'
import { templatesQuery, type Connector } from './queries.ts'
import { TemplateIcon } from './template-icon.tsx'

/** The store's connectors, each with its health at a glance. */
export function ConnectorList({ connectors }: { connectors: readonly Connector[] }) {
  return (
    <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }}>
      {connectors.map((connector) => (
        <ConnectorRow key={connector.id} connector={connector} />
      ))}
    </Stack>
  )
}

function ConnectorRow({ connector }: { connector: Connector }) {
  const storeId = useStoreId()
  const { data: templates } = useQuery(templatesQuery)
  const { id, name, status, statusReason, template, hooks, health } = connector
  const known = templates?.find(({ slug }) => slug === template?.slug)
  const address = `/stores/${storeId}/integrations/${id}`
  const unfinished = status === 'installed' || status === 'ready'
  return (
    <Paper component="li" withBorder p="md" className={classes.row}>
      <Group wrap="nowrap" gap="md" miw={0}>
        <TemplateIcon icon={known?.icon} name={name} />
        <Stack gap={2} miw={0}>
          <Group gap="xs">
            <Title order={3} size="h5">
              <Anchor component={Link} to={address} inherit>
                {name}
              </Anchor>
            </Title>
            <StatusBadge status={status} />
          </Group>
          <Text size="sm" c="dimmed" truncate>
            {template ? `${known?.name ?? template.slug} ${template.version}` : 'Custom integration'} ·{' '}
            {hooks.length === 1 ? '1 hook' : `${hooks.length} hooks`}
          </Text>
          {statusReason && (
            <Text size="sm" c="red">
              {statusReason.message}
            </Text>
          )}
        </Stack>
      </Group>
      {unfinished ? (
        <Button component={Link} to={`${address}/setup`} variant="light">
          Continue setup
        </Button>
      ) : (
        health && (
          <Health
            health={health}
            what="Runs"
            failure={{ label: 'Last failure', to: (run) => `/stores/${storeId}/executions/${run}` }}
          />
        )
      )}
    </Paper>
  )
}
