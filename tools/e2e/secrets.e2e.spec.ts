import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startOtlpReceiver, type OtlpReceiver } from '@cartly/telemetry/testing'
import { eventually } from '@cartly/testing'
import type { Json } from './api.ts'
import { findLeaks, leaksIn, type LeakFinder } from './leaks.ts'
import { startReceiver, type Receiver } from './receiver.ts'
import { openScene, type Scene } from './scene.ts'

/** Secrets of every kind through the whole engine, at services that send back what they get. */
const store = 'store_secrets'
const stores = `/v1/stores/${store}`
let scene: Scene
let outside: Receiver
let otlp: OtlpReceiver
let leaks: LeakFinder
const answers: Buffer[] = []

beforeAll(async () => {
  ;[otlp, outside] = await Promise.all([startOtlpReceiver(), startReceiver()])
  scene = await openScene('secrets', otlp.env)
  leaks = await findLeaks(scene)
}, 120_000)

afterAll(async () => {
  await leaks?.close()
  await scene?.close()
  await outside?.close()
  await otlp?.stop()
}, 60_000)

const secrets = {
  headerKey: 'canary+header/key=0123456789&abc',
  queryKey: 'canary+query/key=0123456789&abc',
  replacedKey: 'canary+replaced/key=0123456789',
  misplacedKey: 'canary+misplaced/key=0123456789',
  clientSecret: 'canary+client/secret=0123456789',
  accessToken: 'canary+access/token=0123456789',
  refreshToken: 'canary+refresh/token=0123456789',
  newerAccessToken: 'canary+newer/access=0123456789',
  newerRefreshToken: 'canary+newer/refresh=0123456789',
  headerValue: 'Bearer canary+webhook/header=0123456789',
}

/** Asks, and keeps what was answered. */
async function ask(method: string, path: string, body?: unknown, headers?: Record<string, string>) {
  const answer = await scene.api.call(method, path, body, headers)
  answers.push(Buffer.from(JSON.stringify([...answer.headers]) + JSON.stringify(answer.body)))
  return answer
}

const hook = {
  steps: [
    {
      id: 'call',
      request: { method: 'POST', path: '/echo', body: { note: { $: 'input.note' } } },
      expect: { status: [200] },
      output: { answer: { $: 'response.body' } },
      idempotency: { by: 'natural', because: 'nothing is kept there' },
    },
  ],
  result: { said: { $: 'steps.call.answer' } },
}
const definitionWith = (auth: object) => ({
  name: 'Echo',
  category: 'other',
  description: 'Sends back what it gets',
  docsUrl: 'https://echo.example',
  baseUrl: outside.url,
  auth,
  testConnection: { request: { method: 'GET', path: '/echo' }, expect: { status: [200] } },
  hooks: { call: { description: 'Calls it', ...hook } },
})
const connectorOf = async (auth: object): Promise<string> => {
  const { body } = await ask('POST', `${stores}/connectors`, { definition: definitionWith(auth), name: 'Echo' })
  expect(body).toMatchObject({ status: 'installed' })
  return `${stores}/connectors/${String(body.id)}`
}

/** Everything it may find in a request, as it came and in other forms, in an answer of this status. */
const echo =
  (status: number, kept: readonly string[]) =>
  (_: number, { path, headers, body }: { path: string; headers: object; body: string }) => ({
    status,
    headers: { 'content-type': 'application/json', 'x-echo': encodeURIComponent(kept.join()) },
    body: JSON.stringify({
      path,
      headers,
      body,
      kept,
      forms: kept.map((one) => [encodeURIComponent(one), Buffer.from(one).toString('base64')]),
    }),
  })

/** Uses a connector in every way there is, well and badly. */
async function exercise(path: string, ...kept: string[]): Promise<void> {
  for (const status of [200, 400, 500]) {
    for (const place of placesOf(kept)) outside.answer(place, echo(status, kept))
    await ask('POST', `${path}/test`)
    await ask('POST', `${path}/activate`)
    await ask('POST', `${path}/hooks/call/invoke`, { input: { note: `with ${status}` } })
  }
  await eventually(async () => {
    const { body } = await ask('GET', `${path}/executions`)
    const executions = (body as unknown as { data: { id: string }[] }).data
    for (const { id } of executions) await ask('GET', `${stores}/executions/${id}`)
    return executions.length >= 1
  })
  for (const rest of ['', '/credentials', '/history', '/stats?window=1h']) await ask('GET', `${path}${rest}`)
}
/** The test's and the hook's address, with the key in it or not. */
const placesOf = (kept: readonly string[]): string[] => [
  '/echo',
  ...kept.flatMap((key) => [`/echo?key=${encodeURIComponent(key)}`, `/echo?${new URLSearchParams({ key })}`]),
]

describe('no secret is anywhere but where it belongs', () => {
  it('is used: API keys', async () => {
    const { headerKey, queryKey, replacedKey, misplacedKey } = secrets
    const inHeader = await connectorOf({ type: 'api_key', in: 'header', name: 'X-Key' })
    await ask('PUT', `${inHeader}/credentials`, { values: { apiKey: replacedKey } })
    await ask('PUT', `${inHeader}/credentials`, { values: { apiKey: headerKey } })
    const refused = [
      await ask('PUT', `${inHeader}/credentials`, { values: { apiKey: '', other: misplacedKey } }),
      await ask('PUT', `${inHeader}/credentials`, { values: { other: misplacedKey } }),
      await ask('PUT', `${inHeader}/credentials`, { apiKey: misplacedKey }),
      await ask('PUT', `${inHeader}/credentials`, `{"values":{"apiKey":"${misplacedKey}"`),
      await ask('PUT', `${stores}/connectors/conn_00000000000000000000/credentials`, {
        values: { apiKey: misplacedKey },
      }),
    ]
    expect(refused.every(({ status }) => status >= 400 && status < 500)).toBe(true)
    await exercise(inHeader, headerKey)
    for (const place of placesOf([headerKey])) outside.answer(place, echo(200, []))
    expect(outside.at('/echo').some(({ headers }) => headers['x-key'] === headerKey)).toBe(true)

    // Nothing that was lent before is used any more.
    await ask('DELETE', `${inHeader}/credentials`)
    const invoke = () => ask('POST', `${inHeader}/hooks/call/invoke`, { input: { note: 'without' } })
    await eventually(async () => (await invoke()).body.status !== ('succeeded' as unknown))
    const calls = outside.at('/echo').length
    await invoke()
    expect(outside.at('/echo')).toHaveLength(calls)

    const inQuery = await connectorOf({ type: 'api_key', in: 'query', name: 'key' })
    await ask('PUT', `${inQuery}/credentials`, { values: { apiKey: queryKey } })
    await exercise(inQuery, queryKey)
    await ask('DELETE', inQuery)
  }, 60_000)

  it('is used: OAuth', async () => {
    const { clientSecret, accessToken, refreshToken, newerAccessToken, newerRefreshToken } = secrets
    const path = await connectorOf({
      type: 'oauth2',
      grant: 'authorization_code',
      authorizationUrl: `${outside.url}/authorize`,
      tokenUrl: `${outside.url}/token`,
      scopes: ['read'],
      clientAuth: 'post',
    })
    await ask('PUT', `${path}/credentials`, { values: { clientId: 'canary', clientSecret } })
    const tokens = (access: string, refresh: string) => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ access_token: access, token_type: 'Bearer', expires_in: 3_600, refresh_token: refresh }),
    })
    outside.answer('/token', (nth, { body }) =>
      nth === 1
        ? tokens(accessToken, refreshToken)
        : nth === 2
          ? {
              status: 400,
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify({ error: 'temporarily_unavailable', error_description: body }),
            }
          : tokens(newerAccessToken, newerRefreshToken),
    )
    const begun = await ask('POST', `${path}/oauth/authorize`)
    const url = new URL(String(begun.body.authorizationUrl))
    const callback = new URL(url.searchParams.get('redirect_uri')!)
    callback.searchParams.set('code', 'a-code')
    callback.searchParams.set('state', url.searchParams.get('state')!)
    const cookie = begun.headers
      .getSetCookie()
      .map((line) => line.split(';', 1)[0])
      .join('; ')
    const landed = await fetch(callback, { headers: { cookie } })
    answers.push(Buffer.from(await landed.text()))
    expect(landed.status).toBe(200)
    await exercise(path, accessToken)
    await ask('POST', `${path}/oauth/refresh`)
    await eventually(async () => (await ask('POST', `${path}/oauth/refresh`)).status < 300)
    await exercise(path, newerAccessToken)
    expect(outside.at('/echo').some(({ headers }) => headers.authorization === `Bearer ${newerAccessToken}`)).toBe(true)
  }, 60_000)

  it('is looked for in every answer, message, file, trace and log', async () => {
    const webhook = {
      url: `${outside.url}/hook`,
      eventTypes: ['order.created'],
      headers: { 'x-canary': secrets.headerValue },
    }
    const created = await scene.api.post<{ id: string; secret: string }>(`${stores}/webhooks`, webhook, {
      'idempotency-key': 'canary-once',
    })
    const path = `${stores}/webhooks/${created.id}`
    const rotated = await scene.api.post<{ secret: string }>(`${path}/rotate-secret`, { overlapHours: 1 })
    outside.answer('/hook', echo(500, [secrets.headerValue]))
    await scene.publish(store, 'order.created')
    await eventually(async () => {
      const { body } = await ask('GET', `${path}/deliveries`)
      const [delivery] = (body as unknown as { data: { id: string }[] }).data
      if (!delivery) return false
      const whole = await ask('GET', `${stores}/deliveries/${delivery.id}`)
      return (whole.body as unknown as { attemptLog: Json[] }).attemptLog.length > 0
    })
    await ask('GET', path)
    // What follows waits for no one: the export of traces and logs comes last.
    await otlp.until(({ spans }) => spans.some(({ service }) => service === 'webhook-dispatcher'))

    const places = {
      answers,
      bus: leaks.overheard,
      files: await leaks.files(),
      telemetry: otlp.bodies.map((body) => Buffer.from(body)),
    }
    // Of the webhook's own secrets the API answers those who may see them; they are nowhere else.
    const signing = [created.secret, rotated.secret].map((secret) => secret.slice('whsec_'.length))
    expect(leaksIn(places, [...Object.values(secrets), ...signing])).toEqual([])
    // The places were looked into.
    const found = (where: readonly Buffer[], text: string): boolean => where.some((buffer) => buffer.includes(text))
    expect([
      found(places.answers, 'with 400') && found(places.answers, '[redacted]'),
      found(places.bus, '"sealed"'),
      found(places.files, 'CredentialStored'),
      found(places.telemetry, 'credential-vault'),
    ]).toEqual([true, true, true, true])
  }, 60_000)
})

describe('the keyring', () => {
  interface Keyring {
    readonly keys: readonly { id: string; state: string; inUse: number }[]
    readonly rewrap: { running: boolean; remaining: number }
  }
  const keyring = () => scene.api.get<Keyring>('/v1/keyring')
  const stateOf = async (id: string) => (await keyring()).keys.find((key) => key.id === id)?.state

  it('is rotated while it serves, and the old key goes when it wraps nothing any more', async () => {
    const settings = { url: outside.url, eventTypes: ['order.created'] }
    const webhook = await scene.api.post<{ id: string; secret: string }>(`${stores}/webhooks`, settings)
    const old = (await keyring()).keys.find(({ state }) => state === 'primary')!
    expect(old.inUse).toBeGreaterThan(0)

    const added = await scene.api.call('POST', '/v1/keyring/keys')
    expect(added.status).toBe(201)
    const keyId = String(added.body.keyId)
    expect(await stateOf(keyId)).toBe('pending')
    await scene.api.post(`/v1/keyring/keys/${keyId}/promote`)
    expect([await stateOf(keyId), await stateOf(old.id)]).toEqual(['primary', 'decrypt-only'])

    expect(await scene.api.call('DELETE', `/v1/keyring/keys/${old.id}`)).toMatchObject({
      status: 409,
      body: { code: 'key_in_use' },
    })
    await scene.api.post('/v1/keyring/rewrap')
    await eventually(async () => {
      const { running, remaining } = (await keyring()).rewrap
      return !running && remaining === 0
    })
    await scene.api.call('DELETE', `/v1/keyring/keys/${old.id}`)
    expect((await keyring()).keys).toEqual(expect.arrayContaining([{ id: old.id, state: 'destroyed', inUse: 0 }]))
    expect(await scene.api.get(`${stores}/webhooks/${webhook.id}/secret`)).toMatchObject({ secret: webhook.secret })
  }, 60_000)

  it.each([
    ['POST', '/v1/keyring/keys/key_none/promote', 404, 'key_unknown'],
    ['DELETE', '/v1/keyring/keys/key_none', 404, 'key_unknown'],
  ])('%s %s is refused with %d', async (method, path, status, code) => {
    expect(await scene.api.call(method, path)).toMatchObject({ status, body: { code } })
  })

  it('brings no destroyed key back, and destroys no primary one', async () => {
    const { keys } = await keyring()
    const [destroyed, primary] = ['destroyed', 'primary'].map((state) => keys.find((key) => key.state === state)!.id)
    expect(await scene.api.call('POST', `/v1/keyring/keys/${destroyed}/promote`)).toMatchObject({
      status: 409,
      body: { code: 'key_destroyed' },
    })
    expect(await scene.api.call('DELETE', `/v1/keyring/keys/${primary}`)).toMatchObject({
      status: 409,
      body: { code: 'key_in_use' },
    })
  })

  it('is for administrators of every store alone', async () => {
    for (const claims of [
      { stores: [store], scope: 'admin' },
      { stores: '*' as const, scope: 'credentials:write' },
    ]) {
      expect((await (await scene.as(claims)).call('GET', '/v1/keyring')).status).toBe(403)
    }
  })
})
