import { connect as dial, createServer, type AddressInfo, type Socket } from 'node:net'

/** A door to a NATS server that can lose an acknowledgement: the message goes in, the answer does not come out. */
export interface AckDroppingProxy {
  readonly url: string
  /** Breaks the connection instead of handing on what the server says next, after the next message of these headers. */
  dropNextAckOf(header: string): void
  /** How many acknowledgements have been lost. */
  readonly dropped: number
  close(): void
}

export async function ackDroppingProxy(natsUrl: string): Promise<AckDroppingProxy> {
  const { hostname, port } = new URL(natsUrl)
  const sockets = new Set<Socket>()
  let wanted: string | undefined
  let dropped = 0

  const server = createServer((client) => {
    const upstream = dial(Number(port), hostname)
    let dropping = false
    sockets.add(client).add(upstream)
    const end = (): void => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end)
    client.on('data', (chunk) => {
      if (wanted !== undefined && chunk.includes(wanted)) {
        wanted = undefined
        dropping = true
      }
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (!dropping) return client.write(chunk)
      dropped++
      return end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `nats://127.0.0.1:${(server.address() as AddressInfo).port}`,
    dropNextAckOf: (header) => (wanted = header),
    get dropped() {
      return dropped
    },
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
