import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { answered, api } from '../api/client.ts'
import { changeOf } from '../api/change-of.ts'
import { useChange } from '../api/use-change.ts'
import type { Connector } from '../integrations/queries.ts'
import type { Service } from '../integrations/use-service.ts'
import { useStoreId } from '../shell/use-store-id.ts'
import { Disclosure } from '../ui/disclosure.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { SchemaFields } from './schema-fields.tsx'

interface SettingsFormProps {
  readonly connector: Connector
  readonly service: Service
  readonly submit: string
  readonly onSaved: () => void
}

/** Name, the settings that the service's schema describes, and its address. Saves only what was changed. */
export function SettingsForm({ connector, service, submit, onSaved }: SettingsFormProps) {
  const storeId = useStoreId()
  const [name, setName] = useState(connector.name)
  const [settings, setSettings] = useState(connector.settings)
  const [baseUrl, setBaseUrl] = useState(connector.endpoints.baseUrl ?? '')
  const change = {
    name,
    settings: changeOf(connector.settings, settings),
    endpoints: changeOf(connector.endpoints, baseUrl ? { baseUrl } : {}),
  }
  const changed =
    name !== connector.name || [change.settings, change.endpoints].some((names) => Object.keys(names).length > 0)
  const save = useChange(storeId, (body: typeof change) =>
    answered(
      api.PATCH('/v1/stores/{storeId}/connectors/{connectorId}', {
        params: { path: { storeId, connectorId: connector.id }, header: { 'If-Match': `"${connector.revision}"` } },
        body,
      }),
    ),
  )
  const fields = Object.keys(service.settings.properties ?? {})
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (!changed) return onSaved()
        save.mutate(change, { onSuccess: onSaved })
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
