import type { Connector } from '../integrations/queries.ts'
import type { Service } from '../integrations/use-service.ts'
import { notifyWithUndo } from '../ui/notify-with-undo.tsx'
import { Section } from '../ui/section.tsx'
import { SettingsForm } from './settings-form.tsx'

export function SettingsTab({ connector, service }: { connector: Connector; service: Service }) {
  return (
    <Section title="Settings" description="Changes take effect with the next run. Test the connection after a change.">
      <SettingsForm
        // What was typed stays when something else of the connector changes meanwhile.
        key={JSON.stringify([connector.name, connector.settings, connector.endpoints])}
        connector={connector}
        service={service}
        submit="Save"
        onSaved={(undo) => undo && notifyWithUndo('Saved.', undo)}
      />
    </Section>
  )
}
