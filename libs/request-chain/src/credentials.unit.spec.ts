import { describe, expect, it } from '@jest/globals'
import { failure, hookOf, run, service } from './testing/acme.ts'

describe('credentials', () => {
  const hook = hookOf([{ id: 'ask', request: { method: 'GET', path: '/', query: { key: 'acme_secret_key' } } }], {
    result: { $: 'steps.ask' },
  })

  it('are in no record, error or output, plain or encoded', async () => {
    const secret = 'acme_secret_key'
    const base64 = Buffer.from(secret).toString('base64')
    const http = service(() => ({ body: { echo: `you sent ${secret} and ${base64}` } }))
    const kept = JSON.stringify(await run(hook, http))
    expect(kept).toContain('[redacted]')
    expect(kept).not.toContain(secret)
    expect(kept).not.toContain(base64)

    const angry = service(() => ({ status: 400, body: { message: `bad key ${secret}` } }))
    const failed = await run({ ...hook, errors: { message: { $: 'response.body.message' } } }, angry)
    expect(JSON.stringify(failed)).not.toContain(secret)
    expect(failure(failed).message).toContain('bad key [redacted]')
  })

  it('go into the query or a basic header where the service wants them, and are hidden there', async () => {
    const http = service(() => ({ body: {} }))
    const inQuery = await run(hookOf([{ id: 'a', request: { method: 'POST', path: '/' } }]), http, {
      auth: { type: 'api_key', in: 'query', name: 'api_key' },
    })
    expect(http.asked[0]!.url).toContain('api_key=acme_secret_key')
    expect(inQuery.steps[0]!.attempts[0]!.request.url).toBe('https://api.acme.test/v1/?api_key=[redacted]')

    await run(hookOf([{ id: 'a', request: { method: 'POST', path: '/' } }]), http, {
      auth: { type: 'basic', username: { field: 'apiKey' }, password: { value: '' } },
    })
    expect(http.asked[1]!.headers['authorization']).toBe(`Basic ${Buffer.from('acme_secret_key:').toString('base64')}`)
  })

  it('are renewed once after a 401, and the step repeated', async () => {
    const http = service(({ headers }) =>
      headers['authorization'] === 'Token new_secret_key' ? { body: { ok: 1 } } : { status: 401 },
    )
    let asked = 0
    const onUnauthorized = async () => {
      asked++
      return { apiKey: 'new_secret_key' }
    }
    expect(await run(hook, http, { onUnauthorized })).toMatchObject({ status: 'succeeded', output: { ok: 1 } })
    expect([asked, http.asked.length]).toEqual([1, 2])

    const never = service(() => ({ status: 401 }))
    expect(failure(await run(hook, never, { onUnauthorized })).class).toBe('configuration')
    expect(never.asked).toHaveLength(2)
  })

  it('that cannot be renewed just now make it a failure that passes', async () => {
    const http = service(() => ({ status: 401 }))
    const result = await run(hook, http, { onUnauthorized: async () => 'later' })
    expect(failure(result)).toMatchObject({ class: 'transient', code: 'access_not_renewed' })
  })

  it('that are missing are named', async () => {
    expect(
      failure(
        await run(
          hook,
          service(() => ({})),
          { credentials: {} },
        ),
      ),
    ).toMatchObject({
      class: 'configuration',
      code: 'missing_credential',
    })
  })
})
