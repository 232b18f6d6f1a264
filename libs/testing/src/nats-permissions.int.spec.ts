import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { PermissionViolationError, type NatsConnection } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { executor, oauth, registry, vault, webhooks } from '@cartly/contracts'
import { natsUsers, type NatsUser } from '@cartly/launcher'
import { setImmediate as turn } from 'node:timers/promises'
import { testNats, type TestNats } from './index.ts'

const services = [
  'connector-registry',
  'credential-vault',
  'hook-executor',
  'webhook-dispatcher',
  'oauth-refresher',
] as const

/** Subjects, and the only users who may publish to them. */
const publishers: Record<string, readonly NatsUser[]> = {
  'store.s1.order.created': ['store-platform'],
  'integrations.invoke.s1.get_rates': ['store-platform'],

  'evt.registry.connector.c1': ['connector-registry'],
  'evt.vault.credential.c1': ['credential-vault'],
  'evt.webhooks.endpoint.w1': ['webhook-dispatcher'],
  'evt.oauth.connection.c1': ['oauth-refresher'],
  'act.hook.s1.c1': ['hook-executor'],
  'act.webhook.s1.w1': ['webhook-dispatcher'],
  'act.store.s1': ['webhook-dispatcher'],
  'audit.s1.c1': ['credential-vault'],

  [registry.install.subject]: ['admin-gateway'],
  [executor.invoke.subject]: ['connector-registry', 'admin-gateway'],
  [vault.sealingKey.subject]: ['connector-registry', 'oauth-refresher', 'admin-gateway'],
  [vault.putCredentials.subject]: ['connector-registry', 'admin-gateway'],
  [vault.leaseToExecutor.subject]: ['hook-executor'],
  [vault.leaseToDispatcher.subject]: ['webhook-dispatcher'],
  [vault.leaseToRefresher.subject]: ['oauth-refresher'],
  [vault.putTokens.subject]: ['oauth-refresher'],
  [vault.createWebhookSecret.subject]: ['webhook-dispatcher'],
  [vault.putWebhookHeaders.subject]: ['webhook-dispatcher'],
  [vault.revealWebhookSecret.subject]: ['webhook-dispatcher', 'admin-gateway'],
  [webhooks.create.subject]: ['admin-gateway'],
  [oauth.authorize.subject]: ['admin-gateway'],
  [oauth.refresh.subject]: ['hook-executor', 'admin-gateway'],

  'idem.k1': ['admin-gateway'],
  'peers.hook-executor.circuits': ['hook-executor'],
  'ans.s1.c1.k1': ['hook-executor'],
  '$JS.API.DIRECT.GET.ANSWERS.ans.s1.c1.k1': ['hook-executor'],
  'fleet.webhook-dispatcher.member.m1': ['webhook-dispatcher'],
  '$JS.API.CONSUMER.CREATE.FLEET.x': ['webhook-dispatcher'],
  '$JS.API.CONSUMER.MSG.NEXT.FLEET.x': ['webhook-dispatcher'],
  '$JS.API.DIRECT.GET.IDEMPOTENCY.idem.k1': ['admin-gateway'],

  '_INBOX.admin-gateway.x': [],
  '_INBOX.hook-executor.x': [],

  '$JS.API.INFO': ['provisioner'],
  '$JS.API.CONSUMER.CREATE.EVENTS.x': services,
  '$JS.API.CONSUMER.MSG.NEXT.EVENTS.x': services,
  '$JS.API.DIRECT.GET.EVENTS.evt.vault.credential.c1': services,
  '$JS.API.CONSUMER.CREATE.STORE.x': ['hook-executor', 'webhook-dispatcher'],
  '$JS.API.STREAM.MSG.GET.STORE': ['hook-executor', 'webhook-dispatcher'],
  '$JS.ACK.STORE.x.1.1.1.1.0': ['hook-executor', 'webhook-dispatcher'],
  '$JS.API.CONSUMER.CREATE.ACTIVITY.x': ['connector-registry', 'webhook-dispatcher'],
  '$JS.API.DIRECT.GET.ACTIVITY': ['connector-registry', 'webhook-dispatcher'],
  '$JS.API.CONSUMER.CREATE.AUDIT.x': [],
  '$JS.API.DIRECT.GET.AUDIT': [],
  '$JS.API.STREAM.MSG.GET.AUDIT': [],

  '$JS.API.STREAM.CREATE.OTHER': ['provisioner'],
  '$JS.API.STREAM.UPDATE.EVENTS': ['provisioner'],
  '$JS.API.STREAM.PURGE.EVENTS': [],
  '$JS.API.STREAM.DELETE.EVENTS': [],
  '$JS.API.STREAM.MSG.DELETE.EVENTS': [],
  '$JS.API.STREAM.SNAPSHOT.EVENTS': [],
  '$JS.API.STREAM.RESTORE.EVENTS': [],
  '$JS.API.STREAM.PURGE.STORE': [],
  '$SYS.REQ.SERVER.PING': [],
}

/** Subjects, and the only users who may listen to them. */
const subscribers: Record<string, readonly NatsUser[]> = {
  '>': [],
  'store.>': [],
  'audit.>': [],
  'svc.>': [],
  '_INBOX.>': [],
  '_INBOX.y7WPflKL1MXBgzgM3csht3.*': ['store-platform'],
  '$JS.>': [],
  '$SYS.>': [],
  'evt.>': ['admin-gateway'],
  'act.>': ['admin-gateway'],
  'integrations.invoke.>': ['hook-executor'],
  'peers.hook-executor.>': ['hook-executor'],
  ...Object.fromEntries(services.map((service) => [`svc.${service}.>`, [service]])),
  ...Object.fromEntries(natsUsers.map((user) => [`_INBOX.${user}.>`, [user]])),
}

describe('deploy/nats/nats.conf', () => {
  let nats: TestNats
  beforeAll(async () => {
    nats = await testNats()
  })
  afterAll(() => nats.stop())

  describe.each(natsUsers)('%s', (user) => {
    test('publishes to what is its own, and to nothing else', async () => {
      const connection = await nats.connect(user)
      const refused = await refusals(connection, Object.keys(publishers), (subject) => connection.publish(subject))
      expect(refused).toEqual(except(publishers, user))
    })

    test('listens to what is its own, and to nothing else', async () => {
      const connection = await nats.connect(user)
      const refused = await refusals(connection, Object.keys(subscribers), (subject) => {
        connection.subscribe(subject, { callback: () => {} })
      })
      expect(refused).toEqual(except(subscribers, user))
    })
  })

  test('an answer reaches the one who asked, through the inbox of its own', async () => {
    const answering = await nats.connect('hook-executor')
    answering.subscribe('integrations.invoke.>', {
      queue: 'hook-executor',
      callback: (_, message) => void message.respond('rates'),
    })
    await answering.flush()
    const platform = await nats.connect('store-platform')

    expect((await platform.request('integrations.invoke.s1.get_rates', '{}')).string()).toBe('rates')
  })

  test("the platform's inboxes of random names show it no other's replies", async () => {
    const platform = await nats.connect('store-platform')
    const seen: string[] = []
    platform.subscribe('_INBOX.*.*', { callback: (_, message) => void seen.push(message.subject) })
    await platform.flush()
    const answering = await nats.connect('hook-executor')
    answering.subscribe('integrations.invoke.>', { callback: (_, message) => void message.respond() })
    answering.subscribe('svc.hook-executor.>', { callback: (_, message) => void message.respond() })
    await answering.flush()

    const inbox = '_INBOX.admin-gateway.y7WPflKL1MXBgzgM3csht3'
    const gateway = await nats.connect('admin-gateway')
    const replied = Promise.withResolvers<void>()
    gateway.subscribe(inbox, { callback: () => replied.resolve() })
    gateway.publish(executor.invoke.subject, '', { reply: inbox })
    await replied.promise
    await platform.request('integrations.invoke.s1.get_rates')

    expect(seen.filter((subject) => !subject.startsWith('_INBOX.store-platform.'))).toEqual([])
  })

  test('a service reads its streams by durable and ordered consumers and by direct gets', async () => {
    const platform = await nats.connect('store-platform')
    await jetstream(platform).publish('store.s2.order.created', 'first')
    const dispatcher = await nats.connect('webhook-dispatcher')
    const streams = await jetstreamManager(dispatcher, { checkAPI: false })

    await streams.consumers.add('STORE', {
      durable_name: 'webhook-dispatcher',
      ack_policy: AckPolicy.Explicit,
      filter_subject: 'store.s2.>',
    })
    const durable = await jetstream(dispatcher).consumers.get('STORE', 'webhook-dispatcher')
    const message = await durable.next({ expires: 2_000 })
    expect(message?.string()).toBe('first')
    expect(await message?.ackAck()).toBe(true)

    const ordered = await jetstream(dispatcher).consumers.get('STORE', { filter_subjects: 'store.s2.>' })
    expect((await ordered.next({ expires: 2_000 }))?.string()).toBe('first')

    expect((await streams.direct.getMessage('STORE', { last_by_subj: 'store.s2.order.created' }))?.string()).toBe(
      'first',
    )
    const batch = await streams.direct.getBatch('STORE', { seq: 1, batch: 1, next_by_subj: 'store.s2.>' })
    const texts: string[] = []
    for await (const stored of batch) texts.push(stored.string())
    expect(texts).toEqual(['first'])
  })

  test('the log of events cannot be shortened, whatever a user were allowed', async () => {
    const streams = await jetstreamManager(await nats.connect('provisioner'))
    for (const name of ['EVENTS', 'AUDIT']) {
      expect((await streams.streams.info(name)).config).toMatchObject({ deny_delete: true, deny_purge: true })
      await expect(streams.streams.update(name, { deny_purge: false })).rejects.toThrow('can not cancel deny purge')
    }
  })
})

/** Tries each subject in turn; the server answers a forbidden one with an error, in order, before it answers the flush. */
async function refusals(
  connection: NatsConnection,
  subjects: string[],
  attempt: (subject: string) => void,
): Promise<string[]> {
  const refused: string[] = []
  const watching = (async () => {
    for await (const status of connection.status()) {
      if (status.type === 'error' && status.error instanceof PermissionViolationError)
        refused.push(status.error.subject)
    }
  })()
  for (const subject of subjects) {
    attempt(subject)
    await connection.flush()
  }
  await turn()
  await connection.close()
  await watching
  return refused
}

function except(table: Record<string, readonly NatsUser[]>, user: NatsUser): string[] {
  return Object.keys(table).filter((subject) => !table[subject]?.includes(user))
}
