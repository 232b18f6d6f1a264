import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import type { EgressError } from './egress-error.ts'
import { NetworkPolicy, type NetworkPolicyOptions } from './network-policy.ts'

/** The code `checkUrl` refuses a URL with, or `undefined` when it lets it pass. */
function refusal(url: string, options: NetworkPolicyOptions = {}): string | undefined {
  try {
    new NetworkPolicy(options).checkUrl(url)
    return undefined
  } catch (error) {
    return (error as EgressError).code
  }
}

describe('checkUrl', () => {
  test.each([
    'https://example.com/hooks',
    'https://example.com:8443/hooks?x=1',
    'https://8.8.8.8/',
    'https://134744072/',
    'https://[2606:4700:4700::1111]/',
    'https://xn--bcher-kva.example/',
  ])('lets %s pass', (url) => {
    expect(refusal(url)).toBeUndefined()
  })

  test.each([
    // as written
    'https://127.0.0.1/',
    'https://127.8.9.10/',
    'https://10.0.0.1/',
    'https://172.16.0.1/',
    'https://172.31.255.255/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://100.64.0.1/',
    'https://100.100.100.200/',
    'https://168.63.129.16/',
    'https://0.0.0.0/',
    'https://0.1.2.3/',
    'https://192.0.0.192/',
    'https://192.0.2.1/',
    'https://192.88.99.1/',
    'https://198.18.0.1/',
    'https://198.51.100.1/',
    'https://203.0.113.1/',
    'https://224.0.0.1/',
    'https://240.0.0.1/',
    'https://255.255.255.255/',
    // in other bases and shorter
    'https://2130706433/',
    'https://0177.0.0.1/',
    'https://0x7f.0.0.1/',
    'https://0x7f000001/',
    'https://017700000001/',
    'https://127.1/',
    'https://0/',
    'https://①②⑦.⓪.⓪.①/',
    'https://127.0.0.1./',
    'https://%31%32%37.0.0.1/',
    // IPv6
    'https://[::1]/',
    'https://[::]/',
    'https://[0:0:0:0:0:0:0:1]/',
    'https://[fd00:ec2::254]/',
    'https://[fc00::1]/',
    'https://[fe80::1]/',
    'https://[fec0::1]/',
    'https://[ff02::1]/',
    'https://[2001:db8::1]/',
    'https://[3fff::1]/',
    'https://[2001:2::1]/',
    'https://[5f00::1]/',
    'https://[100::1]/',
    'https://[4000::1]/',
    // IPv4 inside IPv6
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[::ffff:8.8.8.8]/',
    'https://[::127.0.0.1]/',
    'https://[::ffff:0:127.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[64:ff9b:1::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'https://[2001:0:7f00:1::]/',
    // names that are loopback by definition
    'https://localhost/',
    'https://LOCALHOST/',
    'https://localhost./',
    'https://a.b.localhost/',
  ])('refuses %s', (url) => {
    expect(refusal(url)).toBe('blocked_address')
  })

  test.each([
    ['no URL', 'example.com/hooks'],
    ['an empty string', ''],
    ['plain http', 'http://example.com/'],
    ['plain http to a public address', 'http://8.8.8.8/'],
    ['another scheme', 'ftp://example.com/'],
    ['a file', 'file:///etc/passwd'],
    ['a script', 'javascript:alert(1)'],
    ['a user name', 'https://user@example.com/'],
    ['a password', 'https://:secret@example.com/'],
    ['an unfinished address', 'https://[::1/'],
    ['a number too large for an address', 'https://4294967296/'],
  ])('refuses %s as no usable address', (_, url) => {
    expect(refusal(url)).toBe('invalid_url')
  })

  test('refuses denied ports, also when they are the default', () => {
    expect(refusal('https://example.com:25/', { deniedPorts: [25] })).toBe('blocked_address')
    expect(refusal('https://example.com/', { deniedPorts: [443] })).toBe('blocked_address')
    expect(refusal('https://example.com:8443/', { deniedPorts: [25, 443] })).toBeUndefined()
  })

  test('lets allowed networks pass, with plain http, and nothing beside them', () => {
    const options = { allowedNetworks: ['10.1.0.0/16', 'fd12::/16'] }
    expect(refusal('http://10.1.2.3/', options)).toBeUndefined()
    expect(refusal('https://[fd12::1]/', options)).toBeUndefined()
    expect(refusal('http://10.2.0.1/', options)).toBe('blocked_address')
    expect(refusal('http://8.8.8.8/', options)).toBe('invalid_url')
    expect(refusal('http://[::ffff:10.1.2.3]/', options)).toBe('blocked_address')
  })

  test('leaves a plain http name to the connection when some network is allowed', () => {
    expect(refusal('http://receiver.internal/', { allowedNetworks: ['10.0.0.0/8'] })).toBeUndefined()
  })

  test('allows plain http to public addresses where that is switched on, and still no private ones', () => {
    expect(refusal('http://example.com/', { allowInsecureHttp: true })).toBeUndefined()
    expect(refusal('http://8.8.8.8/', { allowInsecureHttp: true })).toBeUndefined()
    expect(refusal('http://10.0.0.1/', { allowInsecureHttp: true })).toBe('blocked_address')
  })

  test('names no part of the URL but the host', () => {
    const url = 'https://10.0.0.1/path-secret?key=query-secret'
    expect(() => new NetworkPolicy({}).checkUrl(url)).toThrow(/^10\.0\.0\.1 is a private network address/)
    expect(() => new NetworkPolicy({}).checkUrl('https://u:pass-secret@h/')).toThrow(/^(?!.*pass-secret)/)
  })

  test('refuses a private address however its number is written', () => {
    const octet = fc.integer({ min: 0, max: 255 })
    const privates = fc.oneof(
      fc.tuple(fc.constantFrom(0, 10, 127, 224, 255), octet, octet, octet),
      fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
      fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
    )
    const base = fc.constantFrom(
      (n: number) => String(n),
      (n: number) => `0${n.toString(8)}`,
      (n: number) => `0x${n.toString(16)}`,
    )
    fc.assert(
      fc.property(
        privates,
        fc.array(base, { minLength: 4, maxLength: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (ip, bases, parts) => {
          const tail = ip.slice(parts - 1).reduce((number, each) => number * 256 + each, 0)
          const numbers = [...ip.slice(0, parts - 1), tail]
          const host = numbers.map((number, at) => bases[at]?.(number)).join('.')
          expect(refusal(`https://${host}/`)).toBe('blocked_address')
        },
      ),
    )
  })

  test('refuses a network that is none', () => {
    expect(() => new NetworkPolicy({ allowedNetworks: ['10.0.0.0'] })).toThrow(TypeError)
  })
})
