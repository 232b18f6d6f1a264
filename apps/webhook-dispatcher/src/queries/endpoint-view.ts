import type { WebhookEndpoint } from '@cartly/contracts'
import type { Endpoint } from '../domain/endpoint.ts'

/** An endpoint as it is shown. `time` is that of its last change. */
export function viewOf(state: Endpoint, revision: number, time: string): WebhookEndpoint {
  const { endpointId, storeId, config, kind, disabled, publicKey, createdAt } = state
  return {
    ...config,
    id: endpointId,
    storeId,
    status: kind,
    ...(disabled ? { disabled } : {}),
    ...(publicKey === null ? {} : { publicKey }),
    createdAt,
    updatedAt: time,
    revision,
  }
}
