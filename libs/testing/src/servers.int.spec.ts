import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startPostgres } from '@cartly/launcher'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import {
  eventually,
  natsCluster,
  testFolder,
  testNats,
  testPostgres,
  type TestNats,
  type TestPostgres,
} from './index.ts'

describe('testNats', () => {
  let nats: TestNats
  beforeAll(async () => {
    nats = await testNats()
  })
  afterAll(() => nats.stop())

  test('keeps what was published through a crash', async () => {
    const platform = await nats.connect('store-platform', { maxReconnectAttempts: -1, reconnectTimeWait: 50 })
    const { seq } = await jetstream(platform).publish('store.s1.order.created', '{}', { msgID: 'evt-1' })

    await nats.server.kill()
    await nats.restart()

    const again = await eventually(() =>
      jetstream(platform).publish('store.s1.order.created', '{}', { msgID: 'evt-1', timeout: 500 }),
    )
    expect(again).toMatchObject({ seq, duplicate: true })
  })
})

describe('testPostgres', () => {
  let postgres: TestPostgres
  beforeAll(async () => {
    postgres = await testPostgres()
  })
  afterAll(() => postgres.stop())

  test('gives each service a schema that the others cannot look into', async () => {
    const vault = await connected(postgres.urls.vault)
    const registry = await connected(postgres.urls.registry)
    await vault.query('CREATE TABLE secrets (value text)')

    await expect(registry.query('SELECT * FROM vault.secrets')).rejects.toThrow('permission denied for schema vault')
    await expect(registry.query('CREATE TABLE vault.mine ()')).rejects.toThrow('permission denied for schema vault')
    await expect(registry.query('CREATE TABLE public.mine ()')).rejects.toThrow('permission denied for schema public')
    await expect(registry.query('CREATE SCHEMA mine')).rejects.toThrow('permission denied for database')
    expect((await vault.query('SELECT * FROM secrets')).rowCount).toBe(0)
    expect(
      (await vault.query('SELECT tableowner, schemaname FROM pg_tables WHERE tablename = $1', ['secrets'])).rows,
    ).toEqual([{ tableowner: 'vault', schemaname: 'vault' }])
    await Promise.all([vault.end(), registry.end()])
  })

  test('keeps one spec out of the database of another', async () => {
    const other = await testPostgres()
    expect(new URL(other.url).pathname).not.toBe(new URL(postgres.url).pathname)
    expect(new URL(other.url).port).toBe(new URL(postgres.url).port)
    await other.stop()
    await expect(connected(other.urls.oauth)).rejects.toThrow('does not exist')
  })
})

test('Postgres starts where others than its starter may not enter', async () => {
  const closed = testFolder('closed')
  chmodSync(closed, 0o700)

  const server = await startPostgres({ dataDir: join(closed, 'postgres'), password: 'secret' })
  const client = await connected(server.url)
  const { rows } = await client.query('SELECT current_user')

  expect(rows).toEqual([{ current_user: 'cartly' }])
  await client.end()
  expect(await server.stop()).toEqual({ code: 0, signal: null })
})

describe('natsCluster', () => {
  test('goes on, and keeps every event, when one of three nodes crashes', async () => {
    const cluster = await natsCluster(3)
    const provisioner = await connect({
      servers: cluster.urls,
      ...cluster.credentials.provisioner,
      maxReconnectAttempts: -1,
    })
    const platform = await connect({
      servers: cluster.urls,
      ...cluster.credentials['store-platform'],
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
    })
    const publish = (id: number) =>
      eventually(
        () => jetstream(platform).publish('store.s1.order.created', String(id), { msgID: `evt-${id}`, timeout: 500 }),
        {
          withinMs: 20_000,
        },
      )
    await publish(1)
    const manager = await jetstreamManager(provisioner)
    const leader = (await manager.streams.info('STORE')).cluster?.leader
    const crashed = cluster.nodes.find(({ name }) => name === leader)

    await crashed?.server.kill()
    await publish(2)

    const info = await eventually(() => manager.streams.info('STORE'), { withinMs: 20_000 })
    expect(info.cluster?.leader).not.toBe(leader)
    expect(info.config.num_replicas).toBe(3)
    expect(info.state.messages).toBe(2)
    await Promise.all([platform.close(), provisioner.close()])
    await cluster.stop()
  }, 60_000)
})

async function connected(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString })
  await client.connect()
  return client
}
