import { Anchor, Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { IconExternalLink } from '@tabler/icons-react'
import { useState } from 'react'
import { answered, api } from '../api/client.ts'
import { useChange } from '../api/use-change.ts'
import type { CredentialField } from '../integrations/credential-fields.ts'
import { credentialsQuery, type Connector } from '../integrations/queries.ts'
import type { Service } from '../integrations/use-service.ts'
import { useStoreId } from '../shell/use-store-id.ts'
import { Moment } from '../ui/moment.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'

interface CredentialsFormProps {
  readonly connector: Connector
  readonly service: Service
  readonly onStored?: (() => void) | undefined
}

/** Takes a connector's credentials, and forgets them as soon as they are stored. */
export function CredentialsForm({ connector, service, onStored }: CredentialsFormProps) {
  const storeId = useStoreId()
  const [values, setValues] = useState<Record<string, string>>({})
  const { data: stored } = useQuery({ ...credentialsQuery(storeId, connector.id), enabled: connector.credentials.set })
  const store = useChange(storeId, (filled: Record<string, string>) =>
    answered(
      api.PUT('/v1/stores/{storeId}/connectors/{connectorId}/credentials', {
        params: { path: { storeId, connectorId: connector.id } },
        body: { values: filled },
      }),
    ),
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        store.mutate(withoutEdges(values), {
          onSuccess: () => {
            setValues({})
            notifications.show({ message: 'Credentials stored. Test the connection to see whether they work.' })
            onStored?.()
          },
        })
      }}
    >
      <Stack maw={560}>
        {service.credentialFields.map((field) => (
          <Field
            key={field.name}
            field={field}
            value={values[field.name] ?? ''}
            onChange={(value) => setValues((present) => ({ ...present, [field.name]: value }))}
            ending={stored?.fields.find(({ name }) => name === field.name)?.last4}
            error={store.error?.at(`/values/${field.name}`)}
          />
        ))}
        {stored && (
          <Text size="sm" c="dimmed">
            Stored <Moment at={stored.storedAt} /> (version {stored.version}). Entering new ones replaces them.
          </Text>
        )}
        {store.error && <ProblemAlert error={store.error} title="The credentials were not stored" />}
        <Group>
          <Button type="submit" loading={store.isPending}>
            {connector.credentials.set ? 'Replace' : 'Store and continue'}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

interface FieldProps {
  readonly field: CredentialField
  readonly value: string
  readonly onChange: (value: string) => void
  /** The last characters of what is stored. */
  readonly ending: string | undefined
  readonly error: string | undefined
}

function Field({ field, value, onChange, ending, error }: FieldProps) {
  const { name, label, required, secret, pattern, help, helpUrl } = field
  const Input = secret ? PasswordInput : TextInput
  return (
    <Input
      name={name}
      label={label}
      required={required}
      autoComplete="off"
      spellCheck={false}
      value={value}
      error={error}
      placeholder={ending ? `•••• ${ending}` : undefined}
      {...(pattern ? { pattern, title: help ?? `Must have the form ${pattern}` } : {})}
      onChange={(event) => onChange(event.currentTarget.value)}
      description={
        (help || helpUrl) && (
          <>
            {help}{' '}
            {helpUrl && (
              <Anchor href={helpUrl} target="_blank" rel="noreferrer" inherit underline="always">
                Where to find it <IconExternalLink size={12} aria-label="(opens in a new tab)" />
              </Anchor>
            )}
          </>
        )
      }
    />
  )
}

/** What is copied from a page often brings a space or a line break along. */
const withoutEdges = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.trim()]))
