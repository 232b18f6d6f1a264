import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.ts'

let gateway: GatewayUnderTest
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway.stop())

test('/openapi.json is the document, for everyone', async () => {
  const { status, json } = await gateway.send('GET', '/openapi.json', { claims: null })
  expect(status).toBe(200)
  expect(json).toMatchObject({ openapi: '3.1.1', servers: [{ url: 'http://gateway.test' }] })
})

test('/docs shows it with scripts of our own alone', async () => {
  const page = await gateway.send('GET', '/docs', { claims: null })
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self';")
  const sources = [...page.text.matchAll(/<script[^>]* src="([^"]+)"/g)].map(([, source]) => source)
  expect(sources).toEqual(['/docs/reference.js'])
  expect(page.text).not.toMatch(/https?:\/\//)

  const script = await gateway.send('GET', '/docs/reference.js', { claims: null })
  expect(script.headers.get('content-type')).toContain('text/javascript')
  expect(script.text.length).toBeGreaterThan(1_000_000)
})
