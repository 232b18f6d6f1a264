import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { eventually } from '@cartly/testing'
import { Client } from 'pg'
import { findLeaks, leaksIn, type LeakFinder } from './leaks.ts'
import { startReceiver, type Receiver } from './receiver.ts'
import { openScene, type Scene } from './scene.ts'

/** A webhook's own headers through the whole engine: they arrive, and are nowhere to be read on the way. */
let scene: Scene
let receiver: Receiver
let leaks: LeakFinder

beforeAll(async () => {
  ;[scene, receiver] = await Promise.all([openScene('webhook-headers'), startReceiver()])
  leaks = await findLeaks(scene)
}, 120_000)

afterAll(async () => {
  await leaks?.close()
  await scene?.close()
  await receiver?.close()
}, 60_000)

/** How many ciphertexts the vault has of this endpoint. */
async function ciphertextsOf(endpointId: string): Promise<number> {
  const database = new Client({ connectionString: scene.engine.run.postgresUrl })
  await database.connect()
  const { rowCount } = await database.query('SELECT FROM vault.data_key WHERE owner_id = $1', [endpointId])
  await database.end()
  return rowCount ?? 0
}

it('the values of headers reach the receiver and stand in no message, stream, table, log or answer', async () => {
  const values = {
    first: 'Bearer canary+first/0123456789',
    other: 'canary+other/0123456789',
    later: 'canary+later/9876543210',
  }
  const webhooks = '/v1/stores/store_headers/webhooks'
  const answers: unknown[] = []
  const asked = async <T>(answer: Promise<T>): Promise<T> => {
    answers.push(await answer)
    return answer
  }
  const arrived = async (count: number) => {
    await scene.publish('store_headers', 'order.created')
    return eventually(() => receiver.at('/headers')[count - 1]?.headers, { withinMs: 20_000 })
  }

  // Some receivers send back what they got.
  receiver.answer('/headers', (_, { headers }) => ({ status: 200, body: JSON.stringify(headers) }))

  const { id } = await asked(
    scene.api.post<{ id: string }>(webhooks, {
      url: `${receiver.url}/headers`,
      eventTypes: ['*'],
      headers: { authorization: values.first, 'x-canary-name': values.other },
    }),
  )
  expect(await arrived(1)).toMatchObject({ authorization: values.first, 'x-canary-name': values.other })

  const kept = { authorization: '[redacted]', 'x-canary-name': '[redacted]' }
  expect(await asked(scene.api.get(`${webhooks}/${id}`))).toMatchObject({ headers: kept })
  await asked(scene.api.patch(`${webhooks}/${id}`, { headers: { ...kept, 'x-canary-name': values.later } }))
  expect(await arrived(2)).toMatchObject({ authorization: values.first, 'x-canary-name': values.later })

  const refused = await scene.api.call('PATCH', `${webhooks}/${id}`, { headers: { 'x-unknown': '[redacted]' } })
  expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/headers/x-unknown' }] } })

  await eventually(async () => {
    const { data } = await asked(
      scene.api.get<{ data: { id: string; status: string }[] }>(`${webhooks}/${id}/deliveries`),
    )
    for (const delivery of data) await asked(scene.api.get(`/v1/stores/store_headers/deliveries/${delivery.id}`))
    return data.length === 2 && data.every(({ status }) => status === 'succeeded')
  })
  const places = {
    bus: leaks.overheard,
    files: await leaks.files(),
    answers: [Buffer.from(JSON.stringify(answers))],
  }
  expect(leaksIn(places, Object.values(values))).toEqual([])
  // They were looked into: the names are there.
  for (const where of Object.values(places)) {
    expect(where.some((place) => place.includes('x-canary-name'))).toBe(true)
  }

  expect(await ciphertextsOf(id)).toBe(2)
  await scene.api.delete(`${webhooks}/${id}`)
  await eventually(async () => (await ciphertextsOf(id)) === 0)
}, 60_000)
