import { Button, Group, NumberInput, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { answered, api } from '../api/client.ts'
import { useChange } from '../api/use-change.ts'
import { useMay } from '../session/use-session.ts'
import { useStoreId } from '../shell/use-store-id.ts'
import { ConfirmButton } from '../ui/confirm-button.tsx'
import { Empty } from '../ui/empty.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { Section } from '../ui/section.tsx'
import type { Webhook } from './queries.ts'
import { SecretShown } from './secret-shown.tsx'
import { Verification } from './verification.tsx'

const STANDARD_OVERLAP_HOURS = 24
const LONGEST_OVERLAP_HOURS = 168

/** The signing secret: looked at, replaced, and how it is used. */
export function SigningTab({ webhook }: { webhook: Webhook }) {
  const storeId = useStoreId()
  const mayWrite = useMay('webhooks:write')
  const params = { path: { storeId, endpointId: webhook.id } }
  const [overlap, setOverlap] = useState<number>(STANDARD_OVERLAP_HOURS)
  // Not a query: a secret is not kept among what was read.
  const reveal = useMutation({
    gcTime: 0,
    mutationFn: () => answered(api.GET('/v1/stores/{storeId}/webhooks/{endpointId}/secret', { params })),
  })
  const rotate = useChange(storeId, () =>
    answered(
      api.POST('/v1/stores/{storeId}/webhooks/{endpointId}/rotate-secret', { params, body: { overlapHours: overlap } }),
    ),
  )
  const secret = rotate.data?.secret ?? reveal.data?.secret
  return (
    <Stack gap="lg">
      {mayWrite ? (
        <Section title="Signing secret" description="It is recorded who looks at it.">
          {secret ? (
            <SecretShown secret={secret} />
          ) : (
            <Button
              style={{ alignSelf: 'start' }}
              variant="default"
              loading={reveal.isPending}
              onClick={() => reveal.mutate()}
            >
              Fetch the secret
            </Button>
          )}
          {reveal.error && <ProblemAlert error={reveal.error} title="The secret could not be fetched" />}
          {rotate.data && (
            <Text size="sm" role="status">
              Replaced. Until {new Date(rotate.data.overlapUntil).toLocaleString()} every request is signed with the old
              secret too, so change your server within that time.
            </Text>
          )}
          <Group align="flex-end">
            <NumberInput
              label="Old secret stays good for, in hours"
              w={320}
              min={0}
              max={LONGEST_OVERLAP_HOURS}
              value={overlap}
              onChange={(value) => setOverlap(Number(value))}
            />
            <ConfirmButton
              label="Replace the secret"
              title="Replace the signing secret?"
              consequence={
                overlap === 0
                  ? 'The old secret ends at once: your server refuses everything until it has the new one.'
                  : `Your server has ${overlap} hours to take over the new one. Until then, requests are signed with both.`
              }
              confirm="Replace it"
              onConfirm={() => rotate.mutateAsync()}
            />
          </Group>
        </Section>
      ) : (
        <Empty title="You may not see the secret">Your token lacks the scope webhooks:write.</Empty>
      )}
      <Verification signature={webhook.signature ?? 'v1'} publicKey={webhook.publicKey} />
    </Stack>
  )
}
