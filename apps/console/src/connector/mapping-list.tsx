import { Anchor, Badge, Group, Stack, Text } from '@mantine/core'
import { Link } from 'react-router'
import type { Connector } from '../integrations/queries.ts'
import type { Service } from '../integrations/use-service.ts'
import { useStoreId } from '../shell/use-store-id.ts'

/** The mappings of a service, and which of them the store has replaced by its own. */
export function MappingList({ connector, service }: { connector: Connector; service: Service }) {
  const storeId = useStoreId()
  const names = Object.keys(service.mappings)
  if (names.length === 0) {
    return (
      <Text c="dimmed" size="sm">
        {service.name} has no mappings that can be changed.
      </Text>
    )
  }
  return (
    <Stack component="ul" gap="xs" p={0} m={0} style={{ listStyle: 'none' }}>
      {names.map((name) => (
        <li key={name}>
          <Group gap="xs">
            <Anchor
              component={Link}
              to={`/stores/${storeId}/integrations/${connector.id}/mappings/${encodeURIComponent(name)}`}
              fw={600}
              ff="monospace"
              size="sm"
            >
              {name}
            </Anchor>
            {name in connector.mappings && (
              <Badge variant="light" color="violet" tt="none">
                Your own
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed">
            {service.mappings[name]?.description}
          </Text>
        </li>
      ))}
    </Stack>
  )
}
