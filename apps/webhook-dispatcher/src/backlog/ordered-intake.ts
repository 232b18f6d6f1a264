import { parseStoreSubject, type EndpointId } from '@cartly/contracts'
import {
  defineProjection,
  ProjectionRunner,
  type Bus,
  type LiveView,
  type LogMessage,
  type Projection,
} from '@cartly/event-store'
import type { Tx } from '@cartly/read-model'
import type { DataSource } from 'typeorm'
import { deliveryIdOf } from '../delivery/delivery.ts'
import { prepare, PreparedEvent } from '../delivery/prepared-event.ts'
import type { EndpointIndex } from '../matching/endpoint-index.ts'
import { addMissing } from './backlog.ts'
import type { BacklogRow } from './backlog-row.ts'

export interface OrderedIntakeOptions {
  readonly bus: Bus
  readonly dataSource: DataSource
  readonly endpoints: LiveView<EndpointIndex>
  readonly onDue: (dueAt: number) => void
  readonly onTrouble: (error: unknown) => void
}

const CAUGHT_UP_WITHIN_MS = 5_000

/**
 * Takes in the events of endpoints that ask for order. Of all replicas one reads them, as a projection does: in the
 * stream's order, each once, with its place stored together with the rows. So the backlog holds an entity's events in
 * their order, and the first of them alone may be sent. Nothing is read while no endpoint asks for order.
 */
export class OrderedIntake {
  readonly #options: OrderedIntakeOptions
  #runner: ProjectionRunner | undefined
  #changing: Promise<void> = Promise.resolve()

  constructor(options: OrderedIntakeOptions) {
    this.#options = options
  }

  /** Begins to read, or ends, as the endpoints now are. To be called whenever one has changed. */
  adjust(): void {
    const wanted = this.#options.endpoints.current.hasOrdered()
    this.#changing = this.#changing.then(() => this.#read(wanted)).catch(this.#options.onTrouble)
  }

  async stop(): Promise<void> {
    await this.#changing
    await this.#runner?.stop()
  }

  async #read(wanted: boolean): Promise<void> {
    if (wanted === (this.#runner !== undefined)) return
    if (!wanted) {
      await this.#runner?.stop()
      this.#runner = undefined
      return
    }
    const { bus, dataSource, onTrouble } = this.#options
    const projection = this.#projection() as unknown as Projection<never, never>
    this.#runner = new ProjectionRunner({ bus, dataSource, projection, onTrouble })
    await this.#runner.start()
  }

  #projection(): Projection<LogMessage, never> {
    return defineProjection<LogMessage, never>({
      name: 'ordered_intake',
      version: 1,
      source: { stream: 'STORE', filters: ['store.>'], decode: (message) => message, undecodable: 'setAside' },
      tables: {},
      apply: (messages, tx) => this.#take(messages, tx),
    })
  }

  async #take(messages: readonly LogMessage[], tx: Tx): Promise<void> {
    const { endpoints, onDue } = this.#options
    // What is passed over here is never seen again: an endpoint that was there before these events must be known.
    if (!(await endpoints.catchUp(CAUGHT_UP_WITHIN_MS))) throw new Error('The endpoints are not caught up with')
    const { rows, ordered } = rowsOf(endpoints.current, messages)
    if (rows.length === 0) return
    await addMissing(tx, rows, ordered)
    const last = messages.at(-1)?.sequence ?? 0
    // Once the transaction has ended; before that nobody sees the rows.
    void this.#runner?.passed(last, CAUGHT_UP_WITHIN_MS).then(() => onDue(Date.now()))
  }
}

function rowsOf(
  index: EndpointIndex,
  messages: readonly LogMessage[],
): { rows: BacklogRow[]; ordered: Set<EndpointId> } {
  const rows: BacklogRow[] = []
  const ordered = new Set<EndpointId>()
  for (const message of messages) {
    const { subject, data, sequence, time } = message
    if (!index.hasOrdered(parseStoreSubject(subject)?.storeId ?? '')) continue
    const prepared = prepare({
      subject,
      data,
      sequence,
      storedAt: time.getTime(),
      header: (name) => message.header(name),
    })
    // What does not fit has been put aside by those who take in everything.
    if (!(prepared instanceof PreparedEvent)) continue
    for (const { id, orderedAt } of index.match(prepared.storeId, prepared.event, prepared.storedAt)) {
      if (orderedAt === undefined || orderedAt > prepared.storedAt) continue
      ordered.add(id)
      rows.push(firstAttempt(prepared, sequence, id))
    }
  }
  return { rows, ordered }
}

const firstAttempt = (event: PreparedEvent, sequence: number, endpointId: EndpointId): BacklogRow => ({
  endpointId,
  deliveryId: deliveryIdOf(event, endpointId),
  storeId: event.storeId,
  storeSequence: sequence,
  messageId: event.messageId,
  eventId: event.event.id,
  eventType: event.event.type,
  entityId: event.entityId,
  attempt: 1,
  trigger: 'event',
  dueAt: Date.now(),
})
