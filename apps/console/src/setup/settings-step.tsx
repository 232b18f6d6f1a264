import type { Connector } from '../integrations/queries.ts'
import type { Service } from '../integrations/use-service.ts'
import { SettingsForm } from '../connector/settings-form.tsx'
import { Section } from '../ui/section.tsx'

export function SettingsStep(props: { connector: Connector; service: Service; onDone: () => void }) {
  return (
    <Section title="Settings" description="All of it can be changed later. What you leave empty keeps its default.">
      <SettingsForm {...props} submit="Save and continue" onSaved={() => props.onDone()} />
    </Section>
  )
}
