import { answered, api } from '../api/client.ts'
import { useChange } from '../api/use-change.ts'
import type { Connector } from '../integrations/queries.ts'
import { useStoreId } from '../shell/use-store-id.ts'

/** Turning a connector on and off. */
export function useActivation({ id: connectorId }: Connector) {
  const storeId = useStoreId()
  const params = { path: { storeId, connectorId } }
  return {
    activate: useChange(storeId, () =>
      answered(api.POST('/v1/stores/{storeId}/connectors/{connectorId}/activate', { params })),
    ),
    deactivate: useChange(storeId, () =>
      answered(api.POST('/v1/stores/{storeId}/connectors/{connectorId}/deactivate', { params })),
    ),
  }
}
