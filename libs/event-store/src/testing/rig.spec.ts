/** What the specs of this library share: a small aggregate, and a service's connections. Named so as not to be built. */
import { conflict, eventFamily, v1, type EventOf, type StoreId } from '@cartly/contracts'
import { createDataSource, migrate } from '@cartly/read-model'
import type { TestNats, TestPostgres } from '@cartly/testing'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import type { DataSource } from 'typeorm'
import type { Bus } from '../bus.ts'
import type { CommandContext } from '../command-handler.ts'
import type { Decider } from '../decider.ts'

export const accountEvents = eventFamily('registry', 'account', {
  AccountOpened: v1(Type.Object({ owner: Type.String() })),
  MoneyDeposited: v1(Type.Object({ amount: Type.Integer({ minimum: 1 }) })),
  MoneyWithdrawn: v1(Type.Object({ amount: Type.Integer({ minimum: 1 }) })),
})
export type AccountEvent = EventOf<typeof accountEvents>

export type Account = { owner: string | null; balance: number }
export type AccountCommand =
  | { type: 'open'; owner: string }
  | { type: 'deposit'; amounts: number[] }
  | { type: 'withdraw'; amount: number }

export const account: Decider<Account, AccountCommand, AccountEvent> = {
  initialState: () => ({ owner: null, balance: 0 }),
  decide(command, state) {
    switch (command.type) {
      case 'open':
        return state.owner === null ? [{ type: 'AccountOpened', data: { owner: command.owner } }] : []
      case 'deposit':
        return command.amounts.map((amount) => ({ type: 'MoneyDeposited', data: { amount } }))
      case 'withdraw':
        if (state.balance < command.amount) throw conflict('insufficient_funds', 'There is not enough on the account')
        return [{ type: 'MoneyWithdrawn', data: { amount: command.amount } }]
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'AccountOpened':
        return { ...state, owner: event.data.owner }
      case 'MoneyDeposited':
        return { ...state, balance: state.balance + event.data.amount }
      case 'MoneyWithdrawn':
        return { ...state, balance: state.balance - event.data.amount }
    }
  },
}

export const storeA = 'store-a' as StoreId
export const storeB = 'store-b' as StoreId

/** A command of its own by somebody of store A. */
export const by = (over: Partial<CommandContext> = {}): CommandContext => ({
  commandId: randomUUID(),
  actor: 'user:ann',
  storeId: storeA,
  ...over,
})

export const newAccountId = (): string => `acc_${randomUUID().replaceAll('-', '')}`

export async function busOf(nc: NatsConnection): Promise<Bus> {
  return { nc, js: jetstream(nc), jsm: await jetstreamManager(nc, { checkAPI: false }) }
}

export const connectBus = async (nats: TestNats): Promise<Bus> =>
  busOf(await nats.connect('connector-registry', { maxReconnectAttempts: -1, reconnectTimeWait: 50 }))

export async function connectReadModel(postgres: TestPostgres): Promise<DataSource> {
  const dataSource = createDataSource({ url: postgres.urls.registry, schema: 'registry' })
  await migrate(dataSource)
  return dataSource
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const item of items) collected.push(item)
  return collected
}
