import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { eventually } from '@cartly/testing'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { startReceiver, type Receiver } from './receiver.ts'
import { openScene, type Scene } from './scene.ts'

/** A webhook's own headers through the whole engine: they arrive, and are nowhere to be read on the way. */
let scene: Scene
let receiver: Receiver
const taps: NatsConnection[] = []
const overheard: Buffer[] = []

beforeAll(async () => {
  ;[scene, receiver] = await Promise.all([openScene('webhook-headers'), startReceiver()])
  // No user may listen to `>`; together these hear every request, reply and event.
  for (const { user, password } of Object.values(scene.engine.run.natsUsers)) {
    const tap = await connect({ servers: scene.engine.run.natsUrl, user, pass: password })
    taps.push(tap)
    for (const subject of [`svc.${user}.>`, `_INBOX.${user}.>`, 'evt.>', 'act.>']) {
      // Where it is not the user's, the server says so, and nothing comes.
      tap.subscribe(subject, {
        callback: (error, message) => void (error ?? overheard.push(Buffer.from(message.data))),
      })
    }
    await tap.flush()
  }
}, 120_000)

afterAll(async () => {
  await Promise.all(taps.map((tap) => tap.close()))
  await scene?.close()
  await receiver?.close()
}, 60_000)

/** A value plain, as JSON and in base64, which within another text begins at any of three places. */
const formsOf = (value: string): string[] => [
  value,
  encodeURIComponent(value),
  ...[0, 1, 2].map((lead) =>
    Buffer.from(' '.repeat(lead) + value)
      .toString('base64')
      .slice(lead ? 4 : 0, -4),
  ),
]

/** What the engine has on disk: streams, tables and their write-ahead log, service logs. */
async function files(): Promise<Buffer[]> {
  const entries = await readdir(scene.dataDir, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  return Promise.all(paths.map((path) => readFile(path).catch(() => Buffer.alloc(0))))
}

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
  const places = [...overheard, ...(await files()), Buffer.from(JSON.stringify(answers))]
  const holds = (text: string): boolean => places.some((place) => place.includes(text))

  expect(Object.values(values).flatMap(formsOf).filter(holds)).toEqual([])
  // They were looked into: the names are there.
  for (const where of [overheard, places.slice(overheard.length)]) {
    expect(where.some((place) => place.includes('x-canary-name'))).toBe(true)
  }

  expect(await ciphertextsOf(id)).toBe(2)
  await scene.api.delete(`${webhooks}/${id}`)
  await eventually(async () => (await ciphertextsOf(id)) === 0)
}, 60_000)
