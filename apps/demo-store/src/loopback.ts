import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface LoopbackSettings {
  /** 127.0.0.1 by default. */
  readonly host?: string
  /** A free one by default. */
  readonly port?: number
}

/** One part of the demo that is running. */
export interface Running {
  /** `http://host:port`, without a slash at the end. */
  readonly url: string
  /** Closes the port at once; what hangs is cut off. */
  stop(): Promise<void>
}

/** @throws Error `EADDRINUSE` when the port is taken. */
export async function listen(server: Server, { host = '127.0.0.1', port = 0 }: LoopbackSettings): Promise<Running> {
  server.listen(port, host)
  await once(server, 'listening')
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
