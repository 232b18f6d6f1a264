import type { endpointEvents, EndpointId, StoreEvent, WebhookDisabled } from '@cartly/contracts'
import type { RecordedOf } from '@cartly/event-store'
import type { JetStreamClient } from '@nats-io/jetstream'
import type { Backlog } from '../backlog/backlog.ts'
import type { EndpointIndex } from '../matching/endpoint-index.ts'

export interface EndpointPoliciesOptions {
  readonly backlog: Backlog
  readonly js: JetStreamClient
  readonly index: () => EndpointIndex
}

/** What follows from what happens to endpoints. Doing it twice is doing it once. */
export const endpointPolicies =
  ({ backlog, js, index }: EndpointPoliciesOptions) =>
  async (recorded: RecordedOf<typeof endpointEvents>): Promise<void> => {
    const endpointId = recorded.id as EndpointId
    for (const event of recorded.events) {
      if (event.type === 'EndpointDeleted') await backlog.drop(endpointId)
      if (event.type === 'EndpointChanged' && event.data.config.ordering !== 'entity') {
        await backlog.forgetOrder(endpointId)
      }
      if (event.type === 'EndpointDisabled' && event.data.cause !== 'user') {
        const { cause, reason, at } = event.data
        const url = index().get(endpointId)?.config.url ?? ''
        await tellStore(js, recorded, { id: endpointId, url, cause, reason, disabledAt: at })
      }
    }
  }

/** The store's other endpoints hear of it as of any event. */
async function tellStore(
  js: JetStreamClient,
  { storeId, sequence }: RecordedOf<typeof endpointEvents>,
  data: WebhookDisabled,
): Promise<void> {
  const event: StoreEvent = {
    specversion: '1.0',
    id: `evt_webhook_disabled_${sequence}`,
    source: '/cartly/webhooks',
    type: 'webhook.disabled',
    time: data.disabledAt,
    subject: data.id,
    datacontenttype: 'application/json',
    data: { ...data },
  }
  await js.publish(`store.${storeId}.webhook.disabled`, JSON.stringify(event), { msgID: event.id })
}
