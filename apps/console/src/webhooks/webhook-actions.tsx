import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Link, useNavigate } from 'react-router'
import { answered, api } from '../api/client.ts'
import { useChange } from '../api/use-change.ts'
import { useStoreId } from '../shell/use-store-id.ts'
import { ConfirmButton } from '../ui/confirm-button.tsx'
import { notifyWithUndo } from '../ui/notify-with-undo.tsx'
import type { Webhook } from './queries.ts'
import { SendTest } from './send-test.tsx'

export function WebhookActions({ webhook }: { webhook: Webhook }) {
  const storeId = useStoreId()
  const navigate = useNavigate()
  const { id: endpointId, status } = webhook
  const params = { path: { storeId, endpointId } }
  const enable = useChange(storeId, () =>
    answered(api.POST('/v1/stores/{storeId}/webhooks/{endpointId}/enable', { params })),
  )
  const disable = useChange(storeId, () =>
    answered(api.POST('/v1/stores/{storeId}/webhooks/{endpointId}/disable', { params })),
  )
  const remove = useChange(storeId, () =>
    answered(api.DELETE('/v1/stores/{storeId}/webhooks/{endpointId}', { params })),
  )
  const failed = (title: string) => (error: Error) =>
    notifications.show({ color: 'red', title, message: error.message })
  return (
    <>
      <SendTest webhook={webhook} />
      <Button component={Link} to={`/stores/${storeId}/webhooks/${endpointId}/edit`} variant="default">
        Change
      </Button>
      {status === 'enabled' ? (
        <Button
          variant="default"
          loading={disable.isPending}
          onClick={() =>
            disable.mutate(undefined, {
              onSuccess: () => notifyWithUndo('Nothing is sent to it any more.', () => enable.mutateAsync()),
              onError: failed('It is still on'),
            })
          }
        >
          Disable
        </Button>
      ) : (
        <Button
          loading={enable.isPending}
          onClick={() =>
            enable.mutate(undefined, {
              onSuccess: () => notifications.show({ message: 'Events are sent to it again.' }),
              onError: failed('It could not be enabled'),
            })
          }
        >
          Enable
        </Button>
      )}
      <ConfirmButton
        label="Delete"
        title="Delete this webhook?"
        consequence="Nothing is sent to it any more, what waits to be retried is dropped, and its signing secret is destroyed. It cannot be brought back. To stop it for a while, disable it."
        confirm="Delete it"
        onConfirm={async () => {
          await remove.mutateAsync()
          await navigate(`/stores/${storeId}/webhooks`)
        }}
      />
    </>
  )
}
