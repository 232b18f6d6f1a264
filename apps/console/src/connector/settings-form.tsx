import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { changeOf } from '../api/change-of.ts'
import { shownAsError } from '../api/use-change.ts'
import type { Connector } from '../integrations/queries.ts'
import type { Service } from '../integrations/use-service.ts'
import { Disclosure } from '../ui/disclosure.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { SchemaFields } from './schema-fields.tsx'
import { useConfigure } from './use-configure.ts'

interface SettingsFormProps {
  readonly connector: Connector
  readonly service: Service
  readonly submit: string
  /** @param undo what takes it back; absent when nothing was changed */
  readonly onSaved: (undo?: () => Promise<unknown>) => void
}

/** Name, the settings that the service's schema describes, and its address. Saves only what was changed. */
export function SettingsForm({ connector, service, submit, onSaved }: SettingsFormProps) {
  const [name, setName] = useState(connector.name)
  const [settings, setSettings] = useState(connector.settings)
  const [baseUrl, setBaseUrl] = useState(connector.endpoints.baseUrl ?? '')
  const after = { name, settings, endpoints: baseUrl ? { baseUrl } : {} }
  const change = changeFrom(connector, after)
  const changed =
    name !== connector.name || [change.settings, change.endpoints].some((names) => Object.keys(names).length > 0)
  const save = useConfigure(connector)
  // Not as a callback of `mutate`: what is saved may draw the form anew, and with it such callbacks are gone.
  const saveChange = async () => {
    const { revision } = await save.mutateAsync({ change, revision: connector.revision })
    onSaved(() => save.mutateAsync({ change: changeFrom(after, connector), revision }))
  }
  const fields = Object.keys(service.settings.properties ?? {})
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (changed) void saveChange().catch(shownAsError)
        else onSaved()
      }}
    >
      <Stack maw={640}>
        <TextInput
          label="Name"
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={save.error?.at('/name')}
        />
        {fields.length > 0 ? (
          <SchemaFields
            schema={service.settings}
            value={settings}
            onChange={setSettings}
            pointer="/settings"
            errorAt={(pointer) => save.error?.at(pointer)}
          />
        ) : (
          <Text c="dimmed" size="sm">
            {service.name} has no settings of its own.
          </Text>
        )}
        <Disclosure label="Use another address of the service" opened={baseUrl !== ''}>
          <TextInput
            label="Address"
            description={`Only for a sandbox or a proxy. Without it: ${typeof service.baseUrl === 'string' ? service.baseUrl : 'the service’s own'}`}
            type="url"
            placeholder="https://"
            value={baseUrl}
            onChange={(event) => setBaseUrl(event.currentTarget.value)}
            error={save.error?.at('/endpoints/baseUrl')}
          />
        </Disclosure>
        {save.error && (
          <ProblemAlert
            error={save.error}
            title={save.error.status === 412 ? 'Someone changed it meanwhile; load the page again' : 'It was not saved'}
          />
        )}
        <Group>
          <Button type="submit" loading={save.isPending}>
            {submit}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

type Configured = Pick<Connector, 'name' | 'settings' | 'endpoints'>

const changeFrom = (before: Configured, after: Configured) => ({
  name: after.name,
  settings: changeOf(before.settings, after.settings),
  endpoints: changeOf(before.endpoints, after.endpoints),
})
