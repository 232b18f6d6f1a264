import { StoreIdSchema } from '@cartly/contracts'
import { Answer } from '../api/answer.ts'
import { route, type Route } from '../api/route.ts'
import { EventStream } from '../live/event-stream.ts'
import { liveEventKinds, type LiveEventKind } from '../live/live-event.ts'

const kinds = (Object.keys(liveEventKinds) as LiveEventKind[]).map((kind) => `\`${kind}\``).join(', ')

export const liveRoutes: readonly Route[] = [
  route({
    id: 'watchStore',
    method: 'GET',
    path: '/v1/stores/{storeId}/live',
    tag: 'Live',
    summary: 'Watch a store as things happen',
    description: `Server-sent events: ${kinds}, each as far as the token's scopes allow to see it; the first is \`ready\`. A reader too slow to follow is told by \`missed\` how many it did not get. Nothing is kept for those who were away: read the lists.`,
    scopes: ['integrations:read', 'executions:read', 'webhooks:read'],
    params: { storeId: StoreIdSchema },
    produces: 'text/event-stream',
    handle: async ({ params: { storeId }, caller, live }) => {
      const stream = new EventStream(caller)
      const leave = await live.watch(storeId, stream).catch((error: unknown) => {
        stream.destroy()
        throw error
      })
      stream.once('close', leave)
      return new Answer(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' }, stream)
    },
  }),
]
