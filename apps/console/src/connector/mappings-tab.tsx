import type { Connector } from '../integrations/queries.ts'
import type { Service } from '../integrations/use-service.ts'
import { Section } from '../ui/section.tsx'
import { MappingList } from './mapping-list.tsx'

export function MappingsTab(props: { connector: Connector; service: Service }) {
  return (
    <Section
      title="Mappings"
      description={`How your store’s data becomes ${props.service.name}’s, and back. Open one to try it on an example and to change it.`}
    >
      <MappingList {...props} />
    </Section>
  )
}
