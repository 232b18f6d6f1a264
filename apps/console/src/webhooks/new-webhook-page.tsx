import { Alert, Button, Group, Stack } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { Link } from 'react-router'
import { answered, api } from '../api/client.ts'
import { useChange } from '../api/use-change.ts'
import { useStoreId } from '../shell/use-store-id.ts'
import { Page } from '../ui/page.tsx'
import { Section } from '../ui/section.tsx'
import type { WebhookConfig } from './queries.ts'
import { SecretShown } from './secret-shown.tsx'
import { Verification } from './verification.tsx'
import { WebhookForm } from './webhook-form.tsx'

export function Component() {
  const storeId = useStoreId()
  const create = useChange(storeId, (body: WebhookConfig) =>
    answered(api.POST('/v1/stores/{storeId}/webhooks', { params: { path: { storeId } }, body })),
  )
  const created = create.data
  return (
    <Page
      title={created ? 'Your webhook is ready' : 'Add a webhook'}
      crumbs={[{ label: 'Webhooks', to: `/stores/${storeId}/webhooks` }]}
    >
      {created ? (
        <Stack gap="lg">
          <Alert
            color="green"
            icon={<IconCircleCheck aria-hidden />}
            title="It is told of events from now on"
            role="status"
          >
            {created.url}
          </Alert>
          {created.secret && (
            <Section
              title="Signing secret"
              description="Your server checks with it that a request comes from your store. Keep it where your other secrets are; you find it again under Signing."
            >
              <SecretShown secret={created.secret} />
            </Section>
          )}
          <Verification signature={created.signature ?? 'v1'} publicKey={created.publicKey} />
          <Group>
            <Button component={Link} to={`/stores/${storeId}/webhooks/${created.id}`}>
              To the webhook, and send a test
            </Button>
          </Group>
        </Stack>
      ) : (
        <Section title="What, and where to">
          <WebhookForm submit="Add it" saving={create.isPending} error={create.error} onSubmit={create.mutate} />
        </Section>
      )}
    </Page>
  )
}
