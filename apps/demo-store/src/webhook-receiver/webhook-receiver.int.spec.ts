import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import type { VerificationKey } from './signature.ts'
import { startWebhookReceiver, type WebhookReceiver } from './start-webhook-receiver.ts'

const folder = mkdtempSync(join(tmpdir(), 'receiver-'))
const keysFile = join(folder, 'keys.json')
const secret: VerificationKey = 'whsec_c2FuZGJveC1yZWNlaXZlci1zZWNyZXQ='
const body = JSON.stringify({ type: 'order.created', data: { id: 'ord_1' } })

let receiver: WebhookReceiver
beforeAll(async () => {
  receiver = await startWebhookReceiver({ keysFile })
})
afterAll(async () => {
  await receiver.stop()
  rmSync(folder, { recursive: true })
})
afterEach(() => receiver.behaveWell())

const post = (path: string, headers: Record<string, string>, sent = body) =>
  fetch(receiver.url + path, { method: 'POST', headers, body: sent, signal: AbortSignal.timeout(300) })

function signed(id: string, at = new Date()): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  }
}

describe('the webhook receiver', () => {
  it('accepts what is signed with its key, and nothing else', async () => {
    await fetch(`${receiver.url}/secrets`, { method: 'POST', body: JSON.stringify({ path: '/orders', secret }) })
    expect((await post('/orders', signed('msg_1'))).status).toBe(204)
    expect((await post('/orders', signed('msg_1'), `${body} `)).status).toBe(401)
    expect((await post('/orders', { ...signed('msg_1'), 'webhook-id': 'msg_2' })).status).toBe(401)
    expect((await post('/orders', signed('msg_1', new Date(Date.now() - 3_600_000)))).status).toBe(401)
    expect((await post('/orders', {})).status).toBe(401)
    expect(receiver.received(0, '/orders').map(({ signature }) => signature)).toEqual([
      'valid',
      'invalid',
      'invalid',
      'invalid',
      'invalid',
    ])
  })

  it('accepts Ed25519 signatures by the public key', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')
    receiver.registerKey('/ed25519', `whpk_${raw}`)
    const timestamp = String(Math.floor(Date.now() / 1_000))
    const signature = sign(null, Buffer.from(`msg_1.${timestamp}.${body}`), privateKey).toString('base64')
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,eA== v1a,${signature}`,
    }
    expect((await post('/ed25519', headers)).status).toBe(204)
    expect((await post('/ed25519', { ...headers, 'webhook-id': 'msg_2' })).status).toBe(401)
    expect((await post('/ed25519', { ...headers, 'webhook-timestamp': '1' })).status).toBe(401)
  })

  it('counts messages and duplicates by their id', async () => {
    const before = receiver.counts
    for (const id of ['a', 'b', 'a', 'a']) await post('/counted', { 'webhook-id': id })
    expect(receiver.counts.accepted - before.accepted).toBe(2)
    expect(receiver.counts.duplicates - before.duplicates).toBe(2)
    const { deliveries } = (await (await fetch(`${receiver.url}/received?path=/counted`)).json()) as {
      deliveries: object[]
    }
    expect(deliveries).toHaveLength(4)
    expect(deliveries[0]).toMatchObject({ messageId: 'a', signature: 'unsigned', body: { type: 'order.created' } })
  })

  it('fails, limits and hangs when told to, for as long as told', async () => {
    await fetch(`${receiver.url}/behave`, {
      method: 'POST',
      body: JSON.stringify({ path: '/shaky', status: 429, retryAfter: 7, times: 1 }),
    })
    const limited = await post('/shaky', {})
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7'])
    expect((await post('/shaky', {})).status).toBe(204)

    receiver.behave({ path: '/shaky', hang: true })
    await expect(post('/shaky', {})).rejects.toThrow()
    expect((await post('/steady', {})).status).toBe(204)
    await fetch(`${receiver.url}/behave`, { method: 'DELETE' })
    expect((await post('/shaky', {})).status).toBe(204)
  })

  it('lets a test await a delivery', async () => {
    const awaited = receiver.until(({ messageId }) => messageId === 'awaited')
    await post('/later', { 'webhook-id': 'awaited' })
    expect((await awaited).path).toBe('/later')
    await expect(receiver.until(() => false, 1)).rejects.toThrow('No such delivery')
  })

  it('remembers its keys after a restart', async () => {
    const again = await startWebhookReceiver({ keysFile })
    expect((await fetch(`${again.url}/orders`, { method: 'POST', body })).status).toBe(401)
    await again.stop()
  })
})
