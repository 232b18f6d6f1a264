import { describe, expect, it } from '@jest/globals'
import { createPublicKey, verify } from 'node:crypto'
import { inspect } from 'node:util'
import { Secret } from '@cartly/contracts'
import { Webhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { readSigningKey, signatureHeader } from './signature.ts'

/** The published vectors: standard-webhooks' JavaScript and Rust libraries, and svix-server's for `v1a`. */
const vectors = [
  {
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    messageId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: 1614265330,
    body: '{"test": 2432232314}',
    signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  },
  {
    secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
    messageId: 'msg_27UH4WbU6Z5A5EzD8u03UvzRbpk',
    timestamp: 1649367553,
    body: '{"email":"test@example.com","username":"test_user"}',
    signature: 'v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=',
  },
  {
    secret: 'whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==',
    messageId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: 1614265330,
    body: '{"test": 2432232314}',
    signature: 'v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==',
  },
] as const

const key = (secret: string) => readSigningKey(new Secret(secret))

describe('a webhook signature', () => {
  it.each(vectors)(
    'is that of the published vector: $signature',
    ({ secret, messageId, timestamp, body, signature }) => {
      expect(signatureHeader([key(secret)], { messageId, timestamp, body: Buffer.from(body) })).toBe(signature)
    },
  )

  it('is there once for each live secret, and the public libraries accept each of them', () => {
    const secrets = [vectors[0].secret, vectors[1].secret]
    const body = Buffer.from('{"type":"order.created","data":{"name":"Zoë"}}')
    const timestamp = Math.floor(Date.now() / 1_000)
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signatureHeader(secrets.map(key), { messageId: 'msg_1', timestamp, body }),
    }
    expect(headers['webhook-signature'].split(' ')).toHaveLength(2)
    for (const secret of secrets) {
      expect(new Webhook(secret).verify(body.toString(), headers)).toEqual(JSON.parse(body.toString()))
      // Svix's verifies and returns nothing.
      new SvixWebhook(secret).verify(body.toString(), headers)
      for (const Verifier of [Webhook, SvixWebhook]) {
        expect(() => new Verifier(secret).verify(`${body} `, headers)).toThrow('No matching signature')
      }
    }
  })

  it('is verified with the public half of a v1a key', () => {
    const publicKey = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: '1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4' },
      format: 'jwk',
    })
    const [, base64] = vectors[2].signature.split(',')
    const signed = Buffer.from(`${vectors[2].messageId}.${vectors[2].timestamp}.${vectors[2].body}`)
    expect(verify(null, signed, publicKey, Buffer.from(base64 ?? '', 'base64'))).toBe(true)
  })

  it.each([
    ['too short', `whsec_${Buffer.alloc(23).toString('base64')}`],
    ['too long', `whsec_${Buffer.alloc(65).toString('base64')}`],
    ['of another kind', `secret_${Buffer.alloc(32, 7).toString('base64')}`],
  ])('is refused with a secret that is %s, without showing it', (_, secret) => {
    const read = () => key(secret)
    expect(read).toThrow(TypeError)
    try {
      read()
    } catch (error) {
      expect(inspect(error)).not.toContain(secret.slice(7, 20))
    }
  })
})
