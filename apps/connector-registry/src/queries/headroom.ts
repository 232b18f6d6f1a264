import { CartlyError, executor, type ConnectorId, type Headroom, type StoreId } from '@cartly/contracts'
import type { BusClient } from '@cartly/messaging'

/** Figures are looked at by people: better without these than late. */
const WAIT_MS = 500

/** What the executor knows of the connector's circuit and limits now; nothing when it does not answer. */
export async function headroomOf(
  bus: BusClient,
  storeId: StoreId,
  connectorId: ConnectorId,
): Promise<Partial<Headroom>> {
  try {
    return await bus.request(executor.headroom, { storeId, connectorId }, { deadlineAt: Date.now() + WAIT_MS })
  } catch (error) {
    if (error instanceof CartlyError) return {}
    throw error
  }
}
