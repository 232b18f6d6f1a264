import { Badge, Button, Group, Modal, Stack, Table, Text, VisuallyHidden } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answered, api, type Schemas } from '../api/client.ts'
import { useChange } from '../api/use-change.ts'
import { templateQuery, type Connector } from '../integrations/queries.ts'
import type { Service } from '../integrations/use-service.ts'
import { useMay } from '../session/use-session.ts'
import { useStoreId } from '../shell/use-store-id.ts'
import { ConfirmButton } from '../ui/confirm-button.tsx'
import { Empty } from '../ui/empty.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { Read } from '../ui/read.tsx'
import { Section } from '../ui/section.tsx'
import { UpgradeDiff } from './upgrade-diff.tsx'

type Diff = Schemas['UpgradeDiff']

/** Which version of its template a connector is on; what another would change; the way there and back. */
export default function VersionsTab({ connector, service }: { connector: Connector; service: Service }) {
  if (!connector.template) {
    return (
      <Empty title="There are no versions">
        This integration is your own: change its definition by installing a new one.
      </Empty>
    )
  }
  return <Versions connector={connector} service={service} template={connector.template} />
}

interface VersionsProps {
  readonly connector: Connector
  readonly service: Service
  readonly template: NonNullable<Connector['template']>
}

function Versions({ connector, service, template }: VersionsProps) {
  const storeId = useStoreId()
  const mayWrite = useMay('integrations:write')
  const newest = useQuery(templateQuery(template.slug))
  const params = { path: { storeId, connectorId: connector.id } }
  const [diff, setDiff] = useState<Diff>()
  const look = useChange(storeId, (version: string) =>
    answered(
      api.POST('/v1/stores/{storeId}/connectors/{connectorId}/upgrade', { params, body: { version, dryRun: true } }),
    ),
  )
  const upgrade = useChange(storeId, (version: string) =>
    answered(api.POST('/v1/stores/{storeId}/connectors/{connectorId}/upgrade', { params, body: { version } })),
  )
  const rollback = useChange(storeId, () =>
    answered(api.POST('/v1/stores/{storeId}/connectors/{connectorId}/rollback', { params })),
  )
  return (
    <Section
      title="Versions"
      description="Your connector stays on its version until you move it. You see what would change before anything does."
      actions={
        mayWrite && (
          <ConfirmButton
            label="Roll back"
            title="Go back to the version before?"
            consequence="Version, settings and mappings become what they were before the last upgrade."
            confirm="Roll back"
            onConfirm={async () => {
              const { template: now } = await rollback.mutateAsync()
              notifications.show({
                message: `Back on ${now?.version ?? 'the version before'}. Test the connection before you rely on it.`,
              })
            }}
          />
        )
      }
    >
      {look.error && <ProblemAlert error={look.error} title="The versions could not be compared" />}
      <Read query={newest} what="the versions">
        {({ versions }) => (
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">Version of {service.name}</Table.Th>
                <Table.Th scope="col">
                  <VisuallyHidden>What can be done</VisuallyHidden>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {versions.map((version, index) => (
                <Table.Tr key={version}>
                  <Table.Td>
                    <Group gap="xs">
                      <Text size="sm" fw={600}>
                        {version}
                      </Text>
                      {version === template.version && (
                        <Badge tt="none" variant="light" color="green">
                          In use
                        </Badge>
                      )}
                      {index === 0 && (
                        <Badge tt="none" variant="light" color="blue">
                          Newest
                        </Badge>
                      )}
                    </Group>
                  </Table.Td>
                  <Table.Td ta="right">
                    {version !== template.version && mayWrite && (
                      <Button
                        size="xs"
                        variant={index === 0 ? 'filled' : 'default'}
                        loading={look.isPending && look.variables === version}
                        onClick={() => look.mutate(version, { onSuccess: (answer) => setDiff(answer.diff) })}
                      >
                        Compare with {version}
                      </Button>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Read>
      <Modal
        opened={diff !== undefined}
        onClose={() => setDiff(undefined)}
        title={diff && `From ${diff.from} to ${diff.to}`}
        size="lg"
      >
        {diff && (
          <Stack>
            <UpgradeDiff diff={diff} />
            {upgrade.error && <ProblemAlert error={upgrade.error} title="It was not changed" />}
            <Text size="sm" c="dimmed">
              You can roll back afterwards.
            </Text>
            <Group justify="flex-end">
              <Button variant="default" onClick={() => setDiff(undefined)}>
                Leave it
              </Button>
              <Button
                loading={upgrade.isPending}
                onClick={() =>
                  upgrade.mutate(diff.to, {
                    onSuccess: () => {
                      setDiff(undefined)
                      notifications.show({ message: `Now on ${diff.to}. Test the connection before you rely on it.` })
                    },
                  })
                }
              >
                Move to {diff.to}
              </Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </Section>
  )
}
