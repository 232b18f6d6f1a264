import { REDACTED, type EndpointId, type StoreId } from '@cartly/contracts'
import type { BusClient } from '@cartly/messaging'
import { sealToVault } from '@cartly/vault-client'

type Redacted<Settings extends { headers?: unknown }> = Omit<Settings, 'headers'> & {
  headers?: Record<string, typeof REDACTED> | Extract<Settings['headers'], null>
}

/**
 * Settings of an endpoint as they may go on the bus: of its headers the names alone, and the values sealed to the vault.
 * A value that reads `[redacted]` is none: the one that is stored stays.
 */
export async function sealHeaders<Settings extends { headers?: Record<string, string> | null }>(
  bus: BusClient,
  { storeId, endpointId }: { storeId: StoreId; endpointId: EndpointId },
  settings: Settings,
): Promise<{ settings: Redacted<Settings>; sealedHeaders?: string }> {
  const { headers, ...others } = settings
  if (!headers) return { settings: settings as Redacted<Settings> }
  const names = Object.keys(headers)
  const values = Object.entries(headers).filter(([, value]) => value !== REDACTED)
  const redacted = { ...others, headers: Object.fromEntries(names.map((name) => [name, REDACTED] as const)) }
  if (values.length === 0) return { settings: redacted }
  const target = { storeId, ownerId: endpointId, purpose: 'webhook_headers' } as const
  return { settings: redacted, sealedHeaders: await sealToVault(bus, target, Object.fromEntries(values)) }
}
