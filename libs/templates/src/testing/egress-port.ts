import { createEgress, type Egress } from '@cartly/egress'
import type { HttpPort } from '@cartly/request-chain'

/** A chain's way to a carrier on this machine: the engine's own egress, allowed to reach loopback. */
export function egressPort(): { http: HttpPort; egress: Egress } {
  const egress = createEgress({ allowedNetworks: ['127.0.0.0/8'] })
  const http: HttpPort = {
    async send(request) {
      const { status, headers, body } = await egress.send(request)
      const first = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0]! : value])
      return { status, headers: Object.fromEntries(first) as Record<string, string>, body }
    },
  }
  return { http, egress }
}
