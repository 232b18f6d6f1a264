import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { testFolder } from '@cartly/testing'
import { startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.ts'

const page = (nonce: string, traceViewer: string): string =>
  `<!doctype html><meta nonce="${nonce}"><meta content="${traceViewer}">`

const consoleDir = join(testFolder('console'), 'dist')
mkdirSync(join(consoleDir, 'assets'), { recursive: true })
writeFileSync(join(consoleDir, 'index.html'), page('__CSP_NONCE__', '__TRACE_VIEWER_URL__'))
writeFileSync(join(consoleDir, 'assets', 'app-1a2b.js'), 'export {}')
writeFileSync(join(consoleDir, '..', 'outside.txt'), 'not to be served')

let gateway: GatewayUnderTest
beforeAll(async () => {
  gateway = await startGateway({ consoleDir, traceViewerUrl: 'https://traces.test/{traceId}?a=1&b="2"' })
})
afterAll(() => gateway.stop())

const open = (path: string, accept = 'text/html') => gateway.send('GET', path, { claims: null, headers: { accept } })

describe('the console', () => {
  test.each([
    '/',
    '/stores/s1/integrations/conn_06e8rk2m4p7q',
    '/stores/s1/webhooks?tab=a.b',
    '/stores/s1/mappings/a.b',
  ])('opens at %s', async (path) => {
    const { status, text, headers } = await open(path)
    expect(status).toBe(200)
    const [, nonce = ''] = /nonce="([\w+/=]{24})"/.exec(text) ?? []
    expect(text).toBe(page(nonce, 'https://traces.test/{traceId}?a=1&amp;b=&quot;2&quot;'))
    expect(headers.get('content-security-policy')).toContain(`script-src 'self'; style-src 'self' 'nonce-${nonce}';`)
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test('has a nonce of its own in each answer, and lets nothing inline through without it', async () => {
    const policies = await Promise.all(
      ['/', '/'].map(async (path) => (await open(path)).headers.get('content-security-policy')),
    )
    expect(policies[0]).not.toBe(policies[1])
    expect(policies.join()).not.toMatch(/unsafe/)
  })

  test('loads its files, which never change', async () => {
    const script = await open('/assets/app-1a2b.js', '*/*')
    expect(script).toMatchObject({ status: 200, text: 'export {}' })
    expect(script.headers.get('content-type')).toContain('javascript')
    expect(script.headers.get('cache-control')).toContain('immutable')
  })

  test.each(['/v1/nothing', '/oauth/nothing', '/assets/gone.js', '/docs/nothing'])('is not %s', async (path) => {
    expect(await open(path)).toMatchObject({ status: 404, json: { code: 'no_such_route' } })
  })

  test('is not given to programs', async () => {
    expect((await open('/anything', 'application/json')).status).toBe(404)
  })

  test.each(['/../outside.txt', '/..%2foutside.txt', '/assets/..%2f..%2foutside.txt', '/.env'])(
    'does not lead out of its folder by %s',
    async (path) => {
      const { hostname, port } = new URL(gateway.url)
      const { request } = await import('node:http')
      const text = await new Promise<string>((resolve, reject) => {
        const sent = request({ hostname, port, path }, (response) => {
          let body = ''
          response.on('data', (chunk) => (body += chunk))
          response.on('end', () => resolve(body))
        })
        sent.on('error', reject)
        sent.end()
      })
      expect(text).not.toContain('not to be served')
    },
  )
})
