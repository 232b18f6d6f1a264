import type { EventFamily, EventOf } from '@cartly/contracts'
import { applyRecorded, untouched, type Aggregate } from './aggregate.ts'
import { append, type Append, type Appended } from './append.ts'
import type { Bus } from './bus.ts'
import type { Decider } from './decider.ts'
import { decodeEnvelope, type Recorded } from './envelope.ts'
import { history } from './history.ts'

export interface LoadOptions {
  /** Begins here instead of with the first envelope. */
  readonly fromSequence?: number
  /** Ends with the last envelope at or before this time (ISO 8601). */
  readonly asOf?: string
  /** Ends with this sequence. */
  readonly toSequence?: number
}

/** The log of all aggregates, in one stream: one message for each command, on one subject for each aggregate. */
export interface EventStore {
  /** Stores the events of one command: see `append`. */
  append<F extends EventFamily>(family: F, id: string, draft: Append<EventOf<F>>): Promise<Appended>
  /**
   * An aggregate's envelopes in order, up to the newest that is acknowledged.
   * @throws UndecodableMessage
   */
  load<F extends EventFamily>(family: F, id: string, options?: LoadOptions): AsyncIterable<Recorded<EventOf<F>>>
  /** An aggregate as it is, or was, from its events alone. Revision 0 when nothing had happened to it. */
  loadState<F extends EventFamily, State>(
    decider: Pick<Decider<State, never, EventOf<F>>, 'initialState' | 'evolve'>,
    family: F,
    id: string,
    options?: Omit<LoadOptions, 'fromSequence'>,
  ): Promise<Aggregate<State>>
}

/** Needs nats-server 2.11, and a stream with `allow_direct`. */
export function createEventStore({ stream = 'EVENTS', ...bus }: Bus & { stream?: string }): EventStore {
  const store: EventStore = {
    append: (family, id, draft) => append(bus, stream, family, id, draft),

    async *load(family, id, options = {}) {
      for await (const message of history(bus, stream, family.subject(id), options.fromSequence ?? 1)) {
        const recorded = decodeEnvelope(family, message)
        if (options.toSequence !== undefined && recorded.sequence > options.toSequence) return
        if (options.asOf !== undefined && Date.parse(recorded.time) > Date.parse(options.asOf)) return
        yield recorded
      }
    },

    async loadState(decider, family, id, options) {
      let aggregate = untouched(decider)
      for await (const recorded of store.load(family, id, options)) {
        aggregate = applyRecorded(decider, aggregate, recorded)
      }
      return aggregate
    },
  }
  return store
}
