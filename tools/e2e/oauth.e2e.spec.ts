import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { contactsDefinition, walkConsent } from '@cartly/demo-store'
import { eventually } from '@cartly/testing'
import type { Api, Json } from './api.ts'
import { openScene, type Scene } from './scene.ts'

/** OAuth from outside: real processes, the public API, an authorization server that rotates and revokes. */
const store = 'store_oauth'
const customer = { email: 'ada@example.com', firstName: 'Ada', lastName: 'Lovelace' }
let scene: Scene
let api: Api
let server: string

beforeAll(async () => {
  scene = await openScene('oauth')
  api = scene.api
  server = scene.demo.authorizationServerUrl
}, 120_000)
afterAll(() => scene?.close(), 60_000)

const definitionWith = (auth: object): Record<string, unknown> => {
  const definition = contactsDefinition(server) as { auth: object }
  return { ...definition, auth: { ...definition.auth, ...auth } }
}

/** A connector with its client stored. */
async function install(definition: object): Promise<string> {
  const { id } = await api.post<{ id: string }>(`/v1/stores/${store}/connectors`, { definition, name: 'CRM' })
  const path = `/v1/stores/${store}/connectors/${id}`
  const values = { clientId: 'cartly-demo', clientSecret: 'sandbox-secret-of-cartly-demo' }
  await api.put(`${path}/credentials`, { values })
  return path
}

/** Consents as a merchant does, in a browser that keeps the cookie; resolves with the page that they land on. */
async function consent(path: string): Promise<string> {
  const begun = await api.call('POST', `${path}/oauth/authorize`)
  expect(begun.status).toBe(200)
  const cookie = begun.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ')
  const landed = await fetch(await walkConsent(String(begun.body.authorizationUrl)), { headers: { cookie } })
  expect(landed.status).toBe(200)
  return landed.text()
}

async function connected(auth: object = {}): Promise<string> {
  const path = await install(definitionWith(auth))
  expect(await consent(path)).toMatch(/connected/i)
  expect(await api.post(`${path}/test`)).toMatchObject({ ok: true })
  expect(await api.post(`${path}/activate`)).toMatchObject({ status: 'active' })
  return path
}

const statusOf = async (path: string): Promise<string> => (await api.get<{ status: string }>(path)).status
const refreshes = async (): Promise<number> => {
  const journal = (await (await fetch(`${server}/__journal`)).json()) as { tokenCalls: { grantType: string }[] }
  return journal.tokenCalls.filter(({ grantType }) => grantType === 'refresh_token').length
}
const behave = async (instruction: object): Promise<void> => {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${server}/__behave`, { method: 'POST', headers, body: JSON.stringify(instruction) })
  if (!answer.ok) throw new Error(await answer.text())
}

describe('a connector by consent', () => {
  it('connects, is refreshed by hand, and ends at the service too when access is given back', async () => {
    const path = await connected()
    await api.post(`${path}/oauth/refresh`)
    expect(await api.post(`${path}/test`)).toMatchObject({ ok: true })

    await api.call('DELETE', `${path}/oauth`)

    expect(await api.get(`${path}/oauth`)).toMatchObject({ status: 'revoked' })
    const { grantsRevoked } = (await (await fetch(`${server}/__journal`)).json()) as Json
    expect(grantsRevoked).toBe(1)
  })

  it('whose token is refused in a step gets another, once, and the step is repeated', async () => {
    const path = await connected()
    const before = await refreshes()
    await behave({ behaviour: 'status:401', path: '/api/contacts', times: 1 })

    const result = await api.post(`${path}/hooks/add_contact/invoke`, { input: customer })

    expect(result).toMatchObject({ status: 'succeeded' })
    expect((await refreshes()) - before).toBe(1)
    const execution = await eventually(() => api.get(`/v1/stores/${store}/executions/${String(result.executionId)}`))
    const [step] = execution.steps as unknown as { attempts: { response: { status: number } }[] }[]
    expect(step?.attempts.map(({ response }) => response.status)).toEqual([401, 201])
  })

  it('whose token is refused again and again is told so, and asks for one refresh', async () => {
    const path = await connected()
    const before = await refreshes()
    await behave({ behaviour: 'status:401', path: '/api/contacts', times: 2 })

    const result = await api.post(`${path}/hooks/add_contact/invoke`, { input: customer })

    expect(result).toMatchObject({ status: 'failed', error: { class: 'configuration' } })
    expect((await refreshes()) - before).toBe(1)
  })

  it('that was not granted everything says so for as long as that is so', async () => {
    const scopes = ['openid', 'offline_access', 'contacts.read', 'contacts.write', 'contacts.delete']
    const path = await connected({ scopes })
    const missing = { scopesMissing: ['contacts.delete'] }
    await eventually(async () => (await api.get(path)).oauth)
    expect(await api.get(path)).toMatchObject({ status: 'active', oauth: missing })
    expect(await api.get(`${path}/oauth`)).toMatchObject({ status: 'connected', missingScopes: ['contacts.delete'] })
    await api.post(`${path}/oauth/refresh`)
    expect(await api.get(path)).toMatchObject({ oauth: missing })
  })

  it('whose grant has ended needs attention, and one consent heals it', async () => {
    const path = await connected()
    await behave({ behaviour: 'refused', path: '/token', times: 1 })
    expect(await api.call('POST', `${path}/oauth/refresh`)).toMatchObject({ status: 409 })

    await eventually(async () => (await statusOf(path)) === 'needs_attention')
    expect(await api.get(path)).toMatchObject({ statusReason: { code: 'access_lost' } })

    expect(await consent(path)).toMatch(/connected/i)
    await eventually(async () => (await statusOf(path)) === 'active')
  })
})

describe('a connector by its client alone', () => {
  it('needs nothing but the client', async () => {
    const { tokenUrl } = (contactsDefinition(server) as { auth: { tokenUrl: string } }).auth
    const auth = {
      type: 'oauth2',
      grant: 'client_credentials',
      tokenUrl,
      scopes: ['contacts.read', 'contacts.write'],
      clientAuth: 'post',
    }
    const definition = { ...contactsDefinition(server), auth }
    const { id } = await api.post<{ id: string }>(`/v1/stores/${store}/connectors`, {
      definition,
      name: 'CRM of our own',
    })
    const path = `/v1/stores/${store}/connectors/${id}`
    await api.put(`${path}/credentials`, {
      values: { clientId: 'cartly-post', clientSecret: 'sandbox-secret-of-cartly-post' },
    })

    expect(await api.post(`${path}/test`)).toMatchObject({ ok: true })
    expect(await api.post(`${path}/activate`)).toMatchObject({ status: 'active' })
    const added = await api.post(`${path}/hooks/add_contact/invoke`, { input: customer })
    expect(added).toMatchObject({ status: 'succeeded' })
  })
})
