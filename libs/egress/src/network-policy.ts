import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { EgressError } from './egress-error.ts'
import { reservedKind } from './reserved-networks.ts'

/** Which addresses may be reached; see `EgressOptions` for what each member means. */
export interface NetworkPolicyOptions {
  readonly allowedNetworks?: readonly string[]
  readonly allowInsecureHttp?: boolean
  readonly deniedPorts?: readonly number[]
}

/**
 * The rules for reaching the outside. They are asked twice: at the door, for the URL as written (`checkUrl`), and at
 * the moment of connecting, for the address itself (`checkAddress`). Only the second can be relied on, since a name
 * may point elsewhere by then.
 */
export class NetworkPolicy {
  readonly #allowed: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][]
  readonly #allowInsecureHttp: boolean
  readonly #deniedPorts: ReadonlySet<number>

  /** @throws TypeError when a network is not in CIDR notation. */
  constructor({ allowedNetworks = [], allowInsecureHttp = false, deniedPorts = [] }: NetworkPolicyOptions) {
    this.#allowed = allowedNetworks.map((network) => {
      if (!ipaddr.isValidCIDR(network)) throw new TypeError(`'${network}' is not a network like 10.0.0.0/8 or fd00::/8`)
      return ipaddr.parseCIDR(network)
    })
    this.#allowInsecureHttp = allowInsecureHttp
    this.#deniedPorts = new Set(deniedPorts)
  }

  /**
   * Checks a URL by what is written in it: scheme, credentials, port and, for a literal address or `localhost`, the
   * address. Decimal, octal, hexadecimal and bracketed forms are read as the connection would read them.
   *
   * @returns the parsed URL
   * @throws EgressError `invalid_url` or `blocked_address`
   */
  checkUrl(url: string | URL): URL {
    const parsed = typeof url === 'string' ? parseUrl(url) : url
    const { protocol, hostname, port } = parsed
    if (protocol !== 'https:' && protocol !== 'http:') {
      throw new EgressError('invalid_url', `The address must begin with https://, not ${protocol}//.`)
    }
    if (parsed.username !== '' || parsed.password !== '') {
      throw new EgressError('invalid_url', 'The address must not contain a user name or password.')
    }
    const secure = protocol === 'https:'
    this.checkPort(Number(port) || (secure ? 443 : 80))
    const literal = literalAddress(hostname)
    if (literal !== undefined) {
      const refusal = this.checkAddress(literal, secure, hostname)
      if (refusal) throw refusal
    } else if (!secure && !this.#allowInsecureHttp && this.#allowed.length === 0) {
      throw insecure(hostname)
    }
    return parsed
  }

  /** @throws EgressError `blocked_address` when the port is denied. */
  checkPort(port: number): void {
    if (this.#deniedPorts.has(port)) throw new EgressError('blocked_address', `Port ${port} may not be used.`)
  }

  /**
   * Judges an address that is about to be connected to.
   *
   * @param address an IPv4 or IPv6 address as `net.isIP` accepts it
   * @param host what the caller asked for, for the message
   * @returns the refusal, or `undefined` when the address may be reached
   */
  checkAddress(address: string, secure: boolean, host: string): EgressError | undefined {
    const parsed = ipaddr.parse(address)
    if (this.#allowed.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits))) return
    const kind = reservedKind(parsed)
    if (kind !== undefined) {
      const verb = literalAddress(host) === undefined ? 'points to' : 'is'
      return new EgressError('blocked_address', `${host} ${verb} ${kind}; only public addresses can be reached.`)
    }
    return secure || this.#allowInsecureHttp ? undefined : insecure(host)
  }
}

function parseUrl(url: string): URL {
  const parsed = URL.parse(url)
  if (parsed === null) throw new EgressError('invalid_url', 'The address is not a valid URL.')
  return parsed
}

/** The address a host names by itself, without DNS; RFC 6761 makes every `localhost` name loopback. */
export function literalAddress(hostname: string): string | undefined {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  if (isIP(bare) !== 0) return bare
  return /(^|\.)localhost\.?$/i.test(hostname) ? '127.0.0.1' : undefined
}

const insecure = (host: string): EgressError =>
  new EgressError('invalid_url', `The address must begin with https://; plain http is not allowed for ${host}.`)
