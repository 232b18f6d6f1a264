import type { FastifyInstance } from 'fastify'

/** Within the ten seconds that a service may take to drain (libs/service). */
const GRACE_MS = 8_000

/**
 * At shutdown, closes every connection once the requests under way are answered, at the latest after 8 s. Node closes those
 * that are idle between two requests, and would wait a minute for one on which none ever came, such as browsers open ahead.
 */
export function closeConnections(http: FastifyInstance): void {
  let underWay = 0
  let closing = false
  const closeAll = (): void => http.server.closeAllConnections()

  http.addHook('onRequest', (_, reply, done) => {
    underWay++
    reply.raw.once('close', () => {
      underWay--
      if (closing && underWay === 0) setImmediate(closeAll)
    })
    done()
  })
  http.addHook('preClose', (done) => {
    closing = true
    const timer = setTimeout(closeAll, underWay === 0 ? 100 : GRACE_MS)
    http.server.once('close', () => clearTimeout(timer))
    done()
  })
}
