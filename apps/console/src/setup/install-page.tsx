import { Anchor, Button, Group, List, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconExternalLink } from '@tabler/icons-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { answered, api } from '../api/client.ts'
import { useChange } from '../api/use-change.ts'
import { authWords } from '../integrations/auth-words.ts'
import { templateQuery, type TemplateDetail } from '../integrations/queries.ts'
import { TemplateIcon } from '../integrations/template-icon.tsx'
import type { AuthSpec } from '../integrations/credential-fields.ts'
import { usePart, useStoreId } from '../shell/use-store-id.ts'
import { Disclosure } from '../ui/disclosure.tsx'
import { Page } from '../ui/page.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { Read } from '../ui/read.tsx'
import { Section } from '../ui/section.tsx'
import { Steps } from './steps.tsx'

const AHEAD = ['Choose', 'Install', 'Credentials', 'Settings', 'Mappings', 'Test', 'Activate']

/** The second step of a setup: what the service will do, and what to call it. */
export function Component() {
  const storeId = useStoreId()
  const slug = usePart('slug')
  const template = useQuery(templateQuery(slug))
  return (
    <Page
      title={`Connect ${template.data?.name ?? 'a service'}`}
      crumbs={[{ label: 'Integrations', to: `/stores/${storeId}/integrations` }]}
    >
      <Steps current={1} steps={AHEAD.map((label, index) => ({ label, done: index === 0 }))} />
      <Read query={template} what="the service">
        {(detail) => <Install template={detail} />}
      </Read>
    </Page>
  )
}

function Install({ template }: { template: TemplateDetail }) {
  const storeId = useStoreId()
  const navigate = useNavigate()
  const [name, setName] = useState(template.name)
  const [baseUrl, setBaseUrl] = useState('')
  const install = useChange(storeId, () =>
    answered(
      api.POST('/v1/stores/{storeId}/connectors', {
        params: { path: { storeId } },
        body: { template: template.slug, name, ...(baseUrl ? { endpoints: { baseUrl } } : {}) },
      }),
    ),
  )
  const error = install.error
  return (
    <Section title="What it does" description={template.description}>
      <Group align="flex-start" wrap="nowrap">
        <TemplateIcon icon={template.icon} name={template.name} size={56} />
        <Stack gap="xs">
          <List spacing={4}>
            {template.hooks.map((hook) => (
              <List.Item key={hook.name}>
                {hook.description}
                {hook.on.length > 0 && (
                  <Text span c="dimmed">
                    {' '}
                    (on {hook.on.join(', ')})
                  </Text>
                )}
              </List.Item>
            ))}
          </List>
          <Text size="sm" c="dimmed">
            Signs in with: {authWords((template.auth as AuthSpec).type)} · Version {template.version} ·{' '}
            <Anchor href={template.docsUrl} target="_blank" rel="noreferrer" inherit underline="always">
              {template.name}’s documentation <IconExternalLink size={12} aria-label="(opens in a new tab)" />
            </Anchor>
          </Text>
        </Stack>
      </Group>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          install.mutate(undefined, {
            onSuccess: ({ id }) => void navigate(`/stores/${storeId}/integrations/${id}/setup/credentials`),
          })
        }}
      >
        <Stack maw={520}>
          <TextInput
            label="Name"
            description="How it is called in your store. Useful when you connect two accounts."
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={error?.at('/name')}
          />
          <Disclosure label="Use another address of the service">
            <TextInput
              label="Address"
              description={`Only for a sandbox or a proxy. Without it: ${typeof template.baseUrl === 'string' ? template.baseUrl : 'the service’s own'}`}
              type="url"
              placeholder="https://"
              value={baseUrl}
              onChange={(event) => setBaseUrl(event.currentTarget.value)}
              error={error?.at('/endpoints/baseUrl')}
            />
          </Disclosure>
          {error && <ProblemAlert error={error} title="It could not be installed" />}
          <Group>
            <Button type="submit" loading={install.isPending}>
              Install
            </Button>
            <Text size="sm" c="dimmed">
              Nothing is sent anywhere until you activate it.
            </Text>
          </Group>
        </Stack>
      </form>
    </Section>
  )
}
