import { describe, expect, it } from '@jest/globals'
import { compileTest, type DefinitionError, runTest, systemClock, type HttpPort } from './index.ts'

const test = compileTest(
  {
    request: { method: 'GET', path: '/ping' },
    expect: { where: { $equals: [{ $: 'response.body.authenticated' }, true] } },
    detail: { $concat: ['Account ', { $: 'response.body.account' }] },
  },
  { service: 'Acme' },
)

const run = async (http: HttpPort) => {
  const { result } = await runTest(test, {
    baseUrl: 'https://api.acme.test',
    auth: { type: 'bearer' },
    credentials: { apiKey: 'acme_secret_key' },
    http,
    clock: systemClock,
    random: () => 0,
    deadlineAt: systemClock.now() + 5_000,
  })
  return result
}

const answer = (status: number, body: object): HttpPort => ({
  send: async () => ({
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
  }),
})

describe('a test of a connection', () => {
  it('is checked when it is saved, with its own places', () => {
    const wrong = {
      request: { method: 'GET' as const, path: '/' },
      expect: { where: { $: 'body.ok' } },
      detail: { $: 'x' },
    }
    try {
      compileTest(wrong, { service: 'Acme', pointer: '/testConnection' })
      throw new Error('it was accepted')
    } catch (error) {
      const { issues } = error as DefinitionError
      expect(issues.map(({ pointer }) => pointer)).toEqual([
        '/testConnection/expect/where/$',
        '/testConnection/detail/$',
      ])
    }
  })

  it('passes with each check explained', async () => {
    const result = await run(answer(200, { authenticated: true, account: 42 }))
    expect(result.ok).toBe(true)
    expect(result.checks.map(({ name, ok }) => [name, ok])).toEqual([
      ['reachable', true],
      ['credentials', true],
      ['answer', true],
    ])
    expect(result.checks[2]!.detail).toBe('Account 42')
  })

  it('fails when the body says so, whatever the status', async () => {
    const result = await run(answer(200, { authenticated: false }))
    expect(result).toMatchObject({ ok: false, error: { code: 'http_200' } })
    expect(result.checks.map(({ name, ok }) => [name, ok])).toEqual([
      ['reachable', true],
      ['answer', false],
    ])
  })

  it('tells refused credentials from a service that cannot be reached', async () => {
    const refused = await run(answer(401, {}))
    expect(refused.checks.map(({ name, ok }) => [name, ok])).toEqual([
      ['reachable', true],
      ['credentials', false],
    ])
    const away = await run({
      send: async () => {
        throw { code: 'connect_refused', message: 'nobody is listening', sent: false }
      },
    })
    expect(away).toMatchObject({
      ok: false,
      error: { code: 'connect_refused' },
      checks: [{ name: 'reachable', ok: false }],
    })
  })
})
