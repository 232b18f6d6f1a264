import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { CartlyError, notFound, operation, type RequestOf } from '@cartly/contracts'
import { createLogger } from '@cartly/telemetry'
import { testNats, type TestNats } from '@cartly/testing'
import { Controller, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { INestMicroservice } from '@nestjs/common'
import type { NatsConnection } from '@nats-io/transport-node'
import { Type } from 'typebox'
import { BusClient } from './bus-client.ts'
import { BusServer, Handles, PassErrorsOn } from './bus-server.ts'
import type { CallContext } from './call-context.ts'

const greet = operation('connector-registry', 'greet', {
  request: Type.Object({ name: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
  response: Type.Object({ greeting: Type.String(), replica: Type.String() }),
})
const slow = operation('connector-registry', 'slow', {
  request: Type.Object({}),
  response: Type.Object({ deadlineAt: Type.Number(), actor: Type.String(), commandId: Type.String() }),
})
const broken = operation('connector-registry', 'broken', {
  request: Type.Object({ how: Type.String() }),
  response: Type.Object({ fits: Type.Literal(true) }),
})
const nobody = operation('oauth-refresher', 'nobody', { request: Type.Object({}), response: Type.Object({}) })
const forbidden = operation('credential-vault', 'lease.hook-executor', {
  request: Type.Object({}),
  response: Type.Object({}),
})

const log = createLogger('test', { write: () => {} })
let nats: TestNats
let client: BusClient
const replicas: { app: INestMicroservice; nc: NatsConnection }[] = []
let release: () => void = () => {}
const calls: CallContext[] = []

async function replica(name: string): Promise<void> {
  @Controller()
  class Greeter {
    @Handles(greet)
    async greet(request: RequestOf<typeof greet>) {
      return { greeting: `hello ${request.name}`, replica: name }
    }

    @Handles(slow)
    async slow(_: unknown, call: CallContext) {
      calls.push(call)
      await new Promise<void>((resolve) => (release = resolve))
      return { deadlineAt: call.deadlineAt, actor: call.actor, commandId: call.commandId }
    }

    @Handles(broken)
    async broken({ how }: RequestOf<typeof broken>): Promise<{ fits: true }> {
      if (how === 'domain') throw notFound('connector', 'conn_1')
      if (how === 'defect') throw new Error('the password is hunter2')
      if (how === 'large') return { fits: true, bulk: 'x'.repeat(2_000_000) } as { fits: true }
      return { fits: 'no' } as unknown as { fits: true }
    }
  }
  @Module({ controllers: [Greeter] })
  class App {}
  const nc = await nats.connect('connector-registry')
  const app = await NestFactory.createMicroservice(App, {
    strategy: new BusServer(nc, 'connector-registry', log),
    logger: false,
  })
  app.useGlobalFilters(new PassErrorsOn())
  await app.listen()
  replicas.push({ app, nc })
}

beforeAll(async () => {
  nats = await testNats()
  await replica('a')
  await replica('b')
  const gateway = await nats.connect('admin-gateway', { inboxPrefix: '_INBOX.admin-gateway' })
  client = new BusClient(gateway, 'admin-gateway')
})

afterAll(async () => {
  for (const { app } of replicas) await app.close()
  await nats.stop()
})

const failure = async (promise: Promise<unknown>): Promise<CartlyError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof CartlyError)) throw new Error(`not a CartlyError: ${String(error)}`)
  return error
}

describe('request and reply', () => {
  it('shares the requests among the replicas of a service', async () => {
    const replies = await Promise.all(Array.from({ length: 50 }, () => client.request(greet, { name: 'Ada' })))

    expect(replies.every(({ greeting }) => greeting === 'hello Ada')).toBe(true)
    expect(new Set(replies.map((reply) => reply.replica))).toEqual(new Set(['a', 'b']))
  })

  it('refuses a request that does not fit, with its place, before it is sent', async () => {
    const error = await failure(client.request(greet, { name: '', age: 3 } as never))

    expect(error.kind).toBe('invalid')
    expect(error.errors?.map(({ pointer }) => pointer).toSorted()).toEqual(['/age', '/name'])
  })

  it('checks again at the service: a caller may be of another version', async () => {
    const nc = await nats.connect('admin-gateway', { inboxPrefix: '_INBOX.admin-gateway' })

    const unfit = await nc.request(greet.subject, '{"name":""}', { timeout: 1_000 })
    const noJson = await nc.request(greet.subject, '{', { timeout: 1_000 })

    expect(unfit.json()).toMatchObject({ error: { kind: 'invalid', errors: [{ pointer: '/name' }] } })
    expect(noJson.json()).toMatchObject({ error: { kind: 'invalid', code: 'invalid_json' } })
  })

  it('carries deadline, actor and command id, and gives up at the deadline', async () => {
    const deadlineAt = Date.now() + 100
    const call = client.request(slow, {}, { deadlineAt, actor: 'user:ada', commandId: 'cmd-1' })

    expect((await failure(call)).kind).toBe('timeout')
    expect(Date.now()).toBeLessThan(deadlineAt + 100)
    expect(calls.at(-1)).toMatchObject({ actor: 'user:ada', commandId: 'cmd-1', subject: slow.subject })
    expect(Math.abs(calls.at(-1)!.deadlineAt - deadlineAt)).toBeLessThan(100)
    release()
  })

  it('asks as well with a clock that is five minutes late or early', async () => {
    const now = Date.now()
    for (const skew of [-300_000, 300_000]) {
      const clock = jest
        .spyOn(Date, 'now')
        .mockReturnValueOnce(now + skew)
        .mockReturnValueOnce(now + skew)
      expect(await client.request(greet, { name: 'Ada' })).toMatchObject({ greeting: 'hello Ada' })
      clock.mockRestore()
    }
  })
})

describe('errors across the bus', () => {
  it('arrive as they were thrown when they are of the domain', async () => {
    expect(await failure(client.request(broken, { how: 'domain' }))).toMatchObject({
      kind: 'not_found',
      message: 'There is no connector conn_1 in this store',
    })
  })

  it('say nothing of a defect', async () => {
    const error = await failure(client.request(broken, { how: 'defect' }))

    expect(error.kind).toBe('internal')
    expect(JSON.stringify(error.toBus())).not.toContain('hunter2')
  })

  it('name a reply that does not fit, or is too large, instead of passing it on', async () => {
    expect((await failure(client.request(broken, { how: 'schema' }))).kind).toBe('internal')
    expect((await failure(client.request(broken, { how: 'large' }))).kind).toBe('too_large')
  })

  it('tell a service that is not running from one that is late', async () => {
    expect(await failure(client.request(nobody, {}))).toMatchObject({ kind: 'unavailable' })
  })

  it('say that a service is not entitled', async () => {
    const registry = new BusClient(
      await nats.connect('connector-registry', { inboxPrefix: '_INBOX.connector-registry' }),
      'connector-registry',
    )

    expect(await failure(registry.request(forbidden, {}))).toMatchObject({ kind: 'forbidden', code: 'not_entitled' })
  })
})

describe('drain', () => {
  it('answers what was asked and takes no more', async () => {
    await replica('c')
    const { app } = replicas.pop()!
    const asked = Array.from({ length: 30 }, () => client.request(greet, { name: 'Bo' }))
    await client.request(greet, { name: 'flush' })

    await app.close()

    expect((await Promise.all(asked)).length).toBe(30)
    const after = await Promise.all(Array.from({ length: 30 }, () => client.request(greet, { name: 'Cy' })))
    expect(after.some(({ replica: name }) => name === 'c')).toBe(false)
  })
})
