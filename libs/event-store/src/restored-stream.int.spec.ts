import { cpSync, rmSync } from 'node:fs'
import { natsCredentials, newNatsPasswords, provisionStreams, startNats, type NatsServer } from '@cartly/launcher'
import { eventually, testFolder, testPostgres, type TestPostgres } from '@cartly/testing'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { connect } from '@nats-io/transport-node'
import type { DataSource } from 'typeorm'
import { aggregateProjection } from './aggregate-projection.ts'
import type { Bus } from './bus.ts'
import { createEventStore, type EventStore } from './event-store.ts'
import { createLiveView, type LiveView } from './live-view.ts'
import { ProjectionRunner } from './projection-runner.ts'
import { rebuild } from './rebuild.ts'
import { eventsOf } from './source.ts'
import { account, accountEvents, busOf, connectReadModel, newAccountId, storeA } from './testing/rig.spec.ts'

describe('a stream restored from a backup', () => {
  const dataDir = testFolder('nats')
  const backup = testFolder('backup')
  const passwords = newNatsPasswords()
  const projection = aggregateProjection(accountEvents, account, 1)
  let nats: NatsServer
  let postgres: TestPostgres
  let bus: Bus
  let dataSource: DataSource
  let store: EventStore
  let runner: ProjectionRunner
  let view: LiveView<Set<string>>
  let kept: string
  let lost: string

  beforeAll(async () => {
    ;[nats, postgres] = await Promise.all([startNats({ dataDir, passwords }), testPostgres()])
    await provisionStreams(nats.url, natsCredentials('provisioner', passwords))
    const reconnecting = { maxReconnectAttempts: -1, reconnectTimeWait: 20 }
    bus = await busOf(
      await connect({ servers: nats.url, ...natsCredentials('connector-registry', passwords), ...reconnecting }),
    )
    store = createEventStore(bus)
    dataSource = await connectReadModel(postgres)
    runner = new ProjectionRunner({ bus, dataSource, projection })
    await runner.start()
    view = createLiveView<Set<string>, { id: string }>({
      bus,
      source: eventsOf(accountEvents),
      initial: () => new Set(),
      apply: (ids, { id }) => ids.add(id),
    })
    view.start()

    kept = await open()
    await stopNats()
    cpSync(dataDir, backup, { recursive: true })
    await restartNats()
    lost = await open()
  })
  afterAll(async () => {
    await Promise.all([runner.stop(), view.stop()])
    await Promise.all([dataSource.destroy(), bus.nc.close()])
    await Promise.all([nats.stop(), postgres.stop()])
  })

  const stopNats = (): Promise<unknown> => nats.stop()
  const restartNats = async (): Promise<void> => {
    nats = await startNats({ dataDir, passwords, port: nats.port })
  }
  /** A new account, in both read models. */
  const open = async (): Promise<string> => {
    const id = newAccountId()
    const { sequence } = await store.append(accountEvents, id, {
      expectedSequence: 0,
      revision: 1,
      time: new Date().toISOString(),
      storeId: storeA,
      actor: 'user:ann',
      commandId: id,
      events: [{ type: 'AccountOpened', data: { owner: 'Ann' } }],
    })
    expect(await view.passed(sequence, 10_000)).toBe(true)
    if (runner.status.state !== 'refused') expect(await runner.passed(sequence, 10_000)).toBe(true)
    return id
  }

  it('stops the projection with an error that says where, and is read anew by the view', async () => {
    expect([...view.current]).toEqual([kept, lost])
    const checkpoint = runner.status.sequence

    await stopNats()
    rmSync(dataDir, { recursive: true })
    cpSync(backup, dataDir, { recursive: true })
    await restartNats()

    await eventually(() => runner.status.state === 'refused')
    expect(runner.status.failure?.message).toContain(`the checkpoint is ${checkpoint}, but the stream ends at`)
    await eventually(() => !view.current.has(lost))
    expect([...view.current]).toEqual([kept])
  })

  it('is still not taken for the old one when it has grown past the checkpoint', async () => {
    const other = await open()
    const third = await open()

    const restarted = new ProjectionRunner({ bus, dataSource, projection })
    await restarted.start()
    await eventually(() => restarted.status.state === 'refused')

    expect(restarted.status.failure?.message).toContain('another message is at that place')
    expect([...view.current]).toEqual([kept, other, third])
  })

  it('is what the read model follows from after a rebuild', async () => {
    await rebuild({ bus, dataSource, projection })

    const ids = await dataSource.query('SELECT id FROM account_state ORDER BY sequence')
    expect(ids.map(({ id }: { id: string }) => id)).toEqual([...view.current])
    expect(await store.loadState(account, accountEvents, lost)).toMatchObject({ revision: 0 })
  })
})
