import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Health } from './health.ts'

let health: Health
let server: Server
const get = async (path: string): Promise<{ status: number; body: unknown }> => {
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)
  return { status: answer.status, body: await answer.json() }
}

beforeEach(async () => {
  health = new Health()
  server = await health.listen(0, '127.0.0.1')
})

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

describe('a service', () => {
  it('lives before it is ready', async () => {
    expect(await get('/healthz')).toEqual({ status: 200, body: { status: 'ok' } })
    expect(await get('/readyz')).toEqual({ status: 503, body: { ready: false, notReady: { service: 'starting' } } })
  })

  it('is ready when everything is in place and every check passes', async () => {
    health.add('nats', () => {})
    health.serve()
    expect(await get('/readyz')).toMatchObject({ status: 200, body: { ready: true } })
  })

  it('says which part is not ready, and why', async () => {
    health.add('nats', () => {})
    health.add('projection connector_state', async () => {
      throw new Error('the stream is behind')
    })
    health.serve()
    expect(await get('/readyz')).toEqual({
      status: 503,
      body: { ready: false, notReady: { 'projection connector_state': 'the stream is behind' } },
    })
  })

  it('takes no more work once it drains, and still lives', async () => {
    health.serve()
    health.drain()
    expect(await get('/readyz')).toMatchObject({ status: 503, body: { notReady: { service: 'draining' } } })
    expect(await get('/healthz')).toMatchObject({ status: 200 })
  })

  it('has no other pages', async () => {
    expect(await get('/')).toMatchObject({ status: 404 })
  })
})
