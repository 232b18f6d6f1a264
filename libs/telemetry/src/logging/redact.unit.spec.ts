import { CartlyError, Secret } from '@cartly/contracts'
import { describe, expect, it } from '@jest/globals'
import { readFile } from 'node:fs/promises'
import { errorCode } from '../tracing/error-code.ts'
import { isSecretName } from './redact-text.ts'
import { redact } from './redact.ts'

describe('redaction', () => {
  it("keeps the code of Node's own errors", async () => {
    const error: unknown = await readFile('/nowhere').catch((reason: unknown) => reason)
    expect(redact({ error })).toMatchObject({ error: { code: 'ENOENT', name: 'Error' } })
    expect(errorCode(error)).toBe('ENOENT')
  })

  it.each([
    'authorization',
    'Proxy-Authorization',
    'apiKey',
    'api_key',
    'X-Api-Key',
    'password',
    'dbPassword',
    'secret',
    'client_secret',
    'webhookSecret',
    'token',
    'access_token',
    'refreshToken',
    'cookie',
    'Set-Cookie',
    'code',
    'code_verifier',
    'privateKey',
    'client_assertion',
  ])('hides a field named %s', (name) => {
    expect(redact({ [name]: 'hunter2' })).toEqual({ [name]: '[redacted]' })
    expect(redact(new Map([[name, ['hunter2']]]))).toEqual({ [name]: '[redacted]' })
  })

  it.each(['errorCode', 'statusCode', 'secretVersion', 'tokenUrl', 'keyId', 'postalCode', 'codec'])(
    'leaves a field named %s',
    (name) => expect(isSecretName(name)).toBe(false),
  )

  it('hides a Secret whatever its name, at any depth', () => {
    const shown = JSON.stringify(
      redact({ fields: [{ first: new Secret('planted') }], all: new Set([new Secret('planted')]) }),
    )
    expect(shown).not.toContain('planted')
    expect(shown).toContain('[redacted]')
  })

  it('hides user info and secret parameters of URLs, alone or in text', () => {
    expect(redact(new URL('https://shop.example/cb?code=abc&state=xyz#access_token=t'))).toBe(
      'https://shop.example/cb?code=[redacted]&state=xyz#access_token=[redacted]',
    )
    expect(redact('Postgres at postgres://vault:pw@127.0.0.1:5433/cartly refused')).toBe(
      'Postgres at postgres://[redacted]@127.0.0.1:5433/cartly refused',
    )
  })

  it('tells whether a secret is there, not what it is', () => {
    expect(redact({ token: null, password: false, secret: undefined })).toEqual({ token: null, password: false })
  })

  it('bounds depth, items, text and bytes', () => {
    const endless: { next?: unknown } = {}
    endless.next = endless
    expect(JSON.stringify(redact(endless)).length).toBeLessThan(200)
    expect(redact(Array.from({ length: 1_000 }))).toHaveLength(100)
    expect(String(redact('x'.repeat(100_000))).length).toBeLessThan(9_000)
    expect(redact(Buffer.alloc(5_000))).toBe('[5000 bytes]')
  })

  it('shows an error by name, code, message and causes, and none of its other fields', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', options: { apiKey: 'k' } })
    const error = new CartlyError('unavailable', 'vault_unreachable', 'The vault is away', { cause })
    expect(redact(error)).toEqual({
      name: 'CartlyError',
      code: 'vault_unreachable',
      kind: 'unavailable',
      message: 'The vault is away',
      cause: { name: 'Error', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' },
    })
    expect(redact(error, true)).toHaveProperty('stack')
    expect(redact(new TypeError('a defect'))).toHaveProperty('stack')
  })
})
