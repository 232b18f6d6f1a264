import { answered, api, type Schemas } from '../api/client.ts'
import { useChange } from '../api/use-change.ts'
import type { Connector } from '../integrations/queries.ts'
import { useStoreId } from '../shell/use-store-id.ts'

type Named = Record<string, unknown>

interface Configure {
  /** What is left out stays; `null` takes away. */
  readonly change: {
    readonly name?: string
    readonly settings?: Named
    readonly endpoints?: { readonly baseUrl?: string | null }
    readonly mappings?: Named
  }
  /** The revision that it is a change of; refused when there is a later one. */
  readonly revision: number
}

/** Changes how a connector is set up. The answer has the revision that an undo is a change of. */
export function useConfigure({ id: connectorId }: Pick<Connector, 'id'>) {
  const storeId = useStoreId()
  return useChange(storeId, ({ change, revision }: Configure): Promise<Schemas['Connector']> =>
    answered(
      api.PATCH('/v1/stores/{storeId}/connectors/{connectorId}', {
        params: { path: { storeId, connectorId }, header: { 'If-Match': `"${revision}"` } },
        body: change,
      }),
    ),
  )
}
