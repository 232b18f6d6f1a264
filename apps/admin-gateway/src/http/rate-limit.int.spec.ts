import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.ts'

let gateway: GatewayUnderTest
beforeAll(async () => {
  gateway = await startGateway({ rateLimit: { perSecond: 0.5, burst: 3 } })
})
afterAll(() => gateway.stop())

const ask = (token: string) =>
  gateway.send('GET', '/v1/event-types', { claims: null, headers: { authorization: `Bearer ${token}` } })

test('each token has a rate of its own', async () => {
  const [one, other] = await Promise.all([gateway.issuer.token({ sub: 'one' }), gateway.issuer.token({ sub: 'other' })])

  const answers = [await ask(one), await ask(one), await ask(one), await ask(one)]

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429])
  expect(answers.map(({ headers }) => headers.get('ratelimit'))).toEqual([
    '"default";r=2;t=0',
    '"default";r=1;t=0',
    '"default";r=0;t=0',
    '"default";r=0;t=2',
  ])
  expect(answers[3]?.json).toMatchObject({ code: 'rate_limited' })
  expect(answers[3]?.headers.get('retry-after')).toBe('2')
  expect((await ask(other)).status).toBe(200)
})

test('guessing tokens is limited by address', async () => {
  const answers = [await ask('a.b.c'), await ask('a.b.d'), await ask('a.b.e'), await ask('a.b.f')]
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 429])
})
