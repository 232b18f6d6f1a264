import { Anchor, Button, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { useStoreId } from '../shell/use-store-id.ts'
import { Moment } from '../ui/moment.tsx'
import { count, duration, share } from '../ui/quantities.ts'
import { Sparkline } from '../ui/sparkline.tsx'
import { StatusBadge } from '../ui/status.tsx'
import classes from './connector-list.module.css'
import { connectorStatsQuery, executionsQuery, templatesQuery, type Connector } from './queries.ts'
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
  const { id, name, status, statusReason, template, hooks } = connector
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
        <Health connectorId={id} />
      )}
    </Paper>
  )
}

function Health({ connectorId }: { connectorId: string }) {
  const storeId = useStoreId()
  const { data: stats } = useQuery(connectorStatsQuery(storeId, connectorId, '24h'))
  const { data: failures } = useInfiniteQuery(executionsQuery(storeId, connectorId, { status: 'failed' }, 1))
  if (!stats) return <Skeleton height={36} width={360} role="status" aria-label="Loading health" />
  const last = failures?.[0]
  return (
    <div className={classes.health}>
      <Sparkline stats={stats} />
      <Figure name="Success, 24 h" value={share(stats.successRate)} bad={(stats.successRate ?? 1) < 0.95} />
      <Figure name="Runs" value={count(stats.total)} />
      <Figure name="p95" value={duration(stats.latencyMs.p95)} />
      <div>
        <Text size="xs" c="dimmed">
          Last failure
        </Text>
        {last ? (
          <Anchor component={Link} to={`/stores/${storeId}/executions/${last.id}`} size="sm" display="block">
            <Moment at={last.startedAt} />
          </Anchor>
        ) : (
          <Text size="sm">none</Text>
        )}
      </div>
    </div>
  )
}

function Figure({ name, value, bad = false }: { name: string; value: string; bad?: boolean }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text size="sm" fw={600} {...(bad ? { c: 'red' } : {})}>
        {value}
      </Text>
    </div>
  )
}
