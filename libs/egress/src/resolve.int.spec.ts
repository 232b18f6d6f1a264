import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { Resolver } from 'node:dns/promises'
import { describe, expect, test } from '@jest/globals'
import { createResolve, type Resolve } from './resolve.ts'

type Answer = { a?: string; aaaa?: 'silent' | 'none'; rcode?: number } | 'silent'

/** A name server on loopback that knows the names it is given. */
async function nameServer(zone: Record<string, Answer>): Promise<AsyncDisposable & { resolve: Resolve }> {
  const server = createSocket('udp4')
  server.on('message', (query, from) => {
    const reply = answer(query, zone)
    if (reply) server.send(reply, from.port, from.address)
  })
  server.bind(0, '127.0.0.1')
  await once(server, 'listening')
  const resolver = new Resolver({ timeout: 200, tries: 1 })
  resolver.setServers([`127.0.0.1:${server.address().port}`])
  return {
    resolve: createResolve(resolver),
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** Answers one question (RFC 1035 §4): the header, the question again, and at most one address. */
function answer(query: Buffer, zone: Record<string, Answer>): Buffer | undefined {
  let at = 12
  const labels: string[] = []
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  const type = query.readUInt16BE(at + 1)
  const known = zone[labels.join('.')] ?? { rcode: 3 }
  if (known === 'silent' || (type === 28 && known.aaaa === 'silent')) return undefined
  const address = type === 1 ? known.a : undefined
  const header = Buffer.from(query.subarray(0, 12))
  header.writeUInt16BE(0x8180 | (known.rcode ?? 0), 2)
  header.writeUInt16BE(address ? 1 : 0, 6)
  header.writeUInt16BE(0, 8)
  header.writeUInt16BE(0, 10)
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...(address ?? '').split('.').map(Number)])
  return Buffer.concat([header, query.subarray(12, at + 5), ...(address ? [record] : [])])
}

describe('the default resolver', () => {
  test('asks the name servers, and does not wait for an IPv6 answer that never comes', async () => {
    await using dns = await nameServer({ 'a.test': { a: '192.0.2.1', aaaa: 'silent' } })
    const began = performance.now()
    await expect(dns.resolve('a.test')).resolves.toEqual([{ address: '192.0.2.1', family: 4 }])
    expect(performance.now() - began).toBeLessThan(200)
  })

  test.each<[string, Answer, string]>([
    ['keep silent', 'silent', 'ETIMEOUT'],
    ['fail', { rcode: 2 }, 'ESERVFAIL'],
  ])('fails when the name servers %s, without asking the operating system', async (_, known, code) => {
    await using dns = await nameServer({ 'a.test': known })
    await expect(dns.resolve('a.test')).rejects.toMatchObject({ code, syscall: 'queryA' })
  })

  test('asks the operating system for what the name servers do not know', async () => {
    await using dns = await nameServer({})
    await expect(dns.resolve('nowhere.invalid')).rejects.toMatchObject({ syscall: 'getaddrinfo' })
    await expect(dns.resolve('localhost')).resolves.toContainEqual({ address: '127.0.0.1', family: 4 })
  })
})
