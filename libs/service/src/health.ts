import { createServer, type Server } from 'node:http'
import { once } from 'node:events'

/** Resolves when the part is ready; throws with what is not. */
export type ReadinessCheck = () => void | Promise<void>

/** `/healthz`: the process answers. `/readyz`: every check passes, else 503 with what is not ready. */
export class Health {
  readonly #checks = new Map<string, ReadinessCheck>()
  /** Why it is not ready whatever the checks say; nothing in between. */
  #phase: 'starting' | 'serving' | 'draining' = 'starting'

  add(name: string, check: ReadinessCheck): void {
    this.#checks.set(name, check)
  }

  /** Everything is in place: from now on the checks decide. */
  serve(): void {
    this.#phase = 'serving'
  }

  /** From now on not ready, so that no new work is sent here. */
  drain(): void {
    this.#phase = 'draining'
  }

  async readiness(): Promise<{ ready: boolean; notReady: Record<string, string> }> {
    if (this.#phase !== 'serving') return { ready: false, notReady: { service: this.#phase } }
    const notReady: Record<string, string> = {}
    for (const [name, check] of this.#checks) {
      try {
        await check()
      } catch (error) {
        notReady[name] = (error as Error).message
      }
    }
    return { ready: Object.keys(notReady).length === 0, notReady }
  }

  async listen(port: number, host: string): Promise<Server> {
    const server = createServer((request, response) => {
      const answer = (status: number, body: object): void => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      }
      if (request.url === '/readyz') {
        void this.readiness().then((result) => answer(result.ready ? 200 : 503, result))
        return
      }
      if (request.url === '/healthz') answer(200, { status: 'ok' })
      else answer(404, { detail: 'There is /healthz and /readyz here' })
    })
    server.listen(port, host)
    await once(server, 'listening')
    return server
  }
}
