import { randomUUID } from 'node:crypto'
import {
  connectorEvents,
  newId,
  vault,
  type ConnectorEvent,
  type ConnectorId,
  type GetRatesInput,
  type StoreId,
} from '@cartly/contracts'
import { createEventStore } from '@cartly/event-store'
import type { BusClient } from '@cartly/messaging'
import { loadCatalog } from '@cartly/templates'
import { sealToVault } from '@cartly/vault-client'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { BenchEngine } from './engine.ts'

/**
 * Says on the log that each store has an active connector of Shippo's template at this address, without Shippo's rate
 * limits, and gives each its key. The vault must be running.
 */
export async function installConnectors(
  engine: BenchEngine,
  baseUrl: string,
  stores: readonly { storeId: StoreId; settings?: Record<string, unknown> }[],
): Promise<ConnectorId[]> {
  const nc = await engine.connect('connector-registry')
  const log = createEventStore({ nc, js: jetstream(nc), jsm: await jetstreamManager(nc, { checkAPI: false }) })
  // The client itself is a source with decorators, which Node does not run as it is.
  const gateway = { request: engine.ask } as unknown as BusClient
  const { rateLimits: _, ...definition } = (await loadCatalog()).get('shippo')!.definition

  return Promise.all(
    stores.map(async ({ storeId, settings = {} }) => {
      const connectorId = newId('conn')
      const at = new Date().toISOString()
      const installed = { connectorId, storeId, name: 'Shippo', template: null, definition, settings, at }
      const events: ConnectorEvent[] = [
        { type: 'ConnectorInstalled', data: { ...installed, endpoints: { baseUrl }, mappings: {} } },
        { type: 'ConnectorActivated', data: {} },
      ]
      const envelope = { storeId, revision: 1, expectedSequence: 0, commandId: randomUUID(), time: at } as const
      await log.append(connectorEvents, connectorId, { ...envelope, events, actor: 'user:bench' })
      const target = { storeId, ownerId: connectorId, purpose: 'connector' } as const
      const sealed = await sealToVault(gateway, target, { apiKey: 'shippo_test_0123456789abcdef' })
      await engine.ask(vault.putCredentials, { storeId, connectorId, sealed })
      return connectorId
    }),
  )
}

/** A shipment like no other, so that no answer can come from a cache. */
export function shipmentTo(postalCode: string): GetRatesInput {
  const address = {
    street1: '731 Valencia Street',
    city: 'San Francisco',
    state: 'CA',
    postalCode: '94110',
    country: 'US',
  }
  const inches = { value: 5, unit: 'in' } as const
  return {
    from: { name: 'Cartly', ...address },
    to: { name: `Ada ${randomUUID()}`, ...address, postalCode },
    parcels: [{ length: inches, width: inches, height: inches, weight: { value: 2, unit: 'lb' } }],
  }
}
