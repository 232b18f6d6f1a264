import type { FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { easypostFailure } from './easypost/errors.ts'
import { isEasypost } from './easypost/routes.ts'
import { shippoFailure } from './shippo/routes.ts'

/** Misbehaves in place of the work. */
export function beforeWork(request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
  const { behaviour } = request
  switch (behaviour?.kind) {
    case 'hang':
      return reply.hijack()
    case 'reset':
      request.raw.socket.destroy()
      return reply.hijack()
    case 'status':
      if (behaviour.status === 429 || behaviour.status === 503) reply.header('retry-after', '2')
      return reply
        .code(behaviour.status)
        .send(isEasypost(request.url) ? easypostFailure(behaviour.status) : shippoFailure(behaviour.status))
    default:
      return undefined
  }
}

/** Misbehaves with the answer of work that was done. */
export async function afterWork(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  stopped: AbortSignal,
): Promise<unknown> {
  const { behaviour } = request
  if (typeof payload !== 'string') return payload
  switch (behaviour?.kind) {
    case 'lost':
      request.raw.socket.destroy()
      return payload
    case 'slow':
      await delay(behaviour.ms, undefined, { signal: stopped }).catch(() => {})
      return payload
    case 'garbage':
      reply.removeHeader('content-length')
      return payload.slice(0, payload.length / 2)
    case 'drip':
      reply.removeHeader('content-length')
      return Readable.from(drops(payload, stopped))
    default:
      return payload
  }
}

async function* drops(payload: string, stopped: AbortSignal): AsyncGenerator<string> {
  for (const character of payload) {
    yield character
    await delay(50, undefined, { signal: stopped })
  }
}
