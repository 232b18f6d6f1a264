import { Button, Group } from '@mantine/core'
import { MappingList } from '../connector/mapping-list.tsx'
import type { Connector } from '../integrations/queries.ts'
import type { Service } from '../integrations/use-service.ts'
import { Section } from '../ui/section.tsx'

export function MappingsStep({
  connector,
  service,
  onDone,
}: {
  connector: Connector
  service: Service
  onDone: () => void
}) {
  return (
    <Section
      title="Mappings"
      description={`How your store’s data becomes ${service.name}’s, and back. They work as they are; change one only if your data differs.`}
    >
      <MappingList connector={connector} service={service} />
      <Group>
        <Button onClick={onDone}>Continue</Button>
      </Group>
    </Section>
  )
}
