import { Anchor, Button, Group, Stack, TextInput } from '@mantine/core'
import templateSchema from '#template-schema'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { answered, api } from '../api/client.ts'
import { useChange } from '../api/use-change.ts'
import type { JsonSchema } from '../integrations/use-service.ts'
import { JsonEditor } from '../json/json-editor.tsx'
import { useStoreId } from '../shell/use-store-id.ts'
import { Page } from '../ui/page.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { Section } from '../ui/section.tsx'
import { beginning } from './custom-beginning.ts'

/** A service that the catalogue does not have, described by the store itself. */
export function Component() {
  const storeId = useStoreId()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const [definition, setDefinition] = useState<unknown>(beginning)
  const [valid, setValid] = useState(true)
  const install = useChange(storeId, () =>
    answered(
      api.POST('/v1/stores/{storeId}/connectors', {
        params: { path: { storeId } },
        body: { definition, ...(name ? { name } : {}) },
      }),
    ),
  )
  const errors = (install.error?.problem.errors ?? []).flatMap(({ pointer, message }) =>
    pointer.startsWith('/definition') ? [{ pointer: pointer.slice('/definition'.length), message }] : [],
  )
  return (
    <Page
      title="Create a custom integration"
      crumbs={[{ label: 'Integrations', to: `/stores/${storeId}/integrations` }]}
      description="Describe a service in the form that the catalogue’s own are written in: how it is signed in to, and which requests make a hook. It is checked when you install it; nothing is sent."
    >
      <Section title="Definition">
        <form
          onSubmit={(event) => {
            event.preventDefault()
            install.mutate(undefined, {
              onSuccess: ({ id }) => void navigate(`/stores/${storeId}/integrations/${id}/setup/credentials`),
            })
          }}
        >
          <Stack>
            <TextInput
              label="Name in your store"
              description="The definition’s own name, unless you give another."
              maxLength={100}
              maw={420}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              error={install.error?.at('/name')}
            />
            <JsonEditor
              label="Definition of the service, as JSON"
              value={definition}
              onChange={setDefinition}
              onValid={setValid}
              schema={templateSchema as unknown as JsonSchema}
              errors={errors}
              minHeight={320}
              maxHeight={640}
            />
            {install.error && <ProblemAlert error={install.error} title="The definition is not right yet" />}
            <Group>
              <Button type="submit" loading={install.isPending} disabled={!valid}>
                {valid ? 'Check and install' : 'This is not JSON yet'}
              </Button>
              <Anchor href="/docs" size="sm">
                API reference
              </Anchor>
            </Group>
          </Stack>
        </form>
      </Section>
    </Page>
  )
}
