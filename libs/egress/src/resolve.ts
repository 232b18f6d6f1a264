import type { LookupAddress } from 'node:dns'
import { lookup, Resolver } from 'node:dns/promises'
import { setTimeout } from 'node:timers/promises'

/**
 * Finds every address of a host name, in the order they should be tried.
 * Rejects with an error whose `code` is one of `node:dns` (`ENOTFOUND`, `ETIMEOUT`, …).
 */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>

/** How long IPv6 addresses are waited for once the IPv4 ones are known (RFC 8305 §3). */
const OTHER_FAMILY_WITHIN_MS = 50

/**
 * The default resolver: asks the name servers directly, and the operating system only for what they do not know, such
 * as the hosts file and search domains.
 *
 * The operating system's resolver blocks a thread of libuv's small pool for as long as a name server keeps silent, so
 * a handful of hostile names would hold up every other connection; c-ares does not.
 */
export function createResolve(resolver = new Resolver({ timeout: 2_000, tries: 2 })): Resolve {
  return async (hostname) => {
    if (!hostname.includes('.') || hostname.endsWith('.localhost')) return lookup(hostname, { all: true })
    const v6 = resolver.resolve6(hostname).then(
      (addresses) => addresses.map((address) => ({ address, family: 6 })),
      () => [],
    )
    try {
      const v4 = (await resolver.resolve4(hostname)).map((address) => ({ address, family: 4 }))
      return [...v4, ...(await Promise.race([v6, setTimeout(OTHER_FAMILY_WITHIN_MS, [])]))]
    } catch (error) {
      const found = await v6
      if (found.length > 0) return found
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ETIMEOUT' || code === 'ESERVFAIL') throw error
      return lookup(hostname, { all: true })
    }
  }
}
