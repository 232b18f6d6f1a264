import type { LookupAddress } from 'node:dns'
import { lookup, Resolver } from 'node:dns/promises'

/**
 * Finds every address of a host name, in the order they should be tried.
 * Rejects with an error whose `code` is one of `node:dns` (`ENOTFOUND`, `ETIMEOUT`, …).
 */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>

/**
 * The default resolver: asks the name servers directly, and the operating system only for what they do not know, such
 * as the hosts file and search domains.
 *
 * The operating system's resolver blocks a thread of libuv's small pool for as long as a name server keeps silent, so
 * a handful of hostile names would hold up every other connection; c-ares does not.
 */
export function createResolve(): Resolve {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 })
  return async (hostname) => {
    if (!hostname.includes('.') || hostname.endsWith('.localhost')) return lookup(hostname, { all: true })
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
    const found: LookupAddress[] = []
    if (v4.status === 'fulfilled') found.push(...v4.value.map((address) => ({ address, family: 4 })))
    if (v6.status === 'fulfilled') found.push(...v6.value.map((address) => ({ address, family: 6 })))
    if (found.length > 0) return found
    const { code } = (v4 as PromiseRejectedResult).reason as NodeJS.ErrnoException
    if (code === 'ETIMEOUT' || code === 'ESERVFAIL') throw (v4 as PromiseRejectedResult).reason
    return lookup(hostname, { all: true })
  }
}
