import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useNavigate } from 'react-router'
import { answered, api } from '../api/client.ts'
import { useChange } from '../api/use-change.ts'
import type { Connector } from '../integrations/queries.ts'
import { useMay } from '../session/use-session.ts'
import { useStoreId } from '../shell/use-store-id.ts'
import { ConfirmButton } from '../ui/confirm-button.tsx'
import { notifyWithUndo } from '../ui/notify-with-undo.tsx'
import { useActivation } from './use-activation.ts'

/** Turning a connector off and on, and removing it. */
export function ConnectorActions({ connector }: { connector: Connector }) {
  const storeId = useStoreId()
  const navigate = useNavigate()
  const mayWrite = useMay('integrations:write')
  const { activate, deactivate } = useActivation(connector)
  const { id: connectorId, name, status, revision } = connector
  const remove = useChange(storeId, () =>
    answered(
      api.DELETE('/v1/stores/{storeId}/connectors/{connectorId}', {
        params: { path: { storeId, connectorId }, header: { 'If-Match': `"${revision}"` } },
      }),
    ),
  )
  if (!mayWrite) return null
  return (
    <>
      {(status === 'active' || status === 'needs_attention') && (
        <Button
          variant="default"
          loading={deactivate.isPending}
          onClick={() =>
            deactivate.mutate(undefined, {
              onSuccess: () =>
                notifyWithUndo(`${name} is off. Your store no longer uses it.`, () => activate.mutateAsync()),
              onError: (error) => notifications.show({ color: 'red', title: 'It is still on', message: error.message }),
            })
          }
        >
          Deactivate
        </Button>
      )}
      {status === 'inactive' && (
        <Button
          loading={activate.isPending}
          onClick={() =>
            activate.mutate(undefined, {
              onSuccess: () => notifications.show({ message: `${name} is on again.` }),
              onError: (error) =>
                notifications.show({ color: 'red', title: 'It could not be activated', message: error.message }),
            })
          }
        >
          Activate
        </Button>
      )}
      <ConfirmButton
        label="Remove"
        title={`Remove ${name}?`}
        consequence="Your store stops using it at once, and its credentials are destroyed for good. Its past runs stay readable for 30 days. It cannot be brought back; you would have to connect it anew."
        confirm="Remove it"
        onConfirm={async () => {
          await remove.mutateAsync()
          await navigate(`/stores/${storeId}/integrations`)
        }}
      />
    </>
  )
}
