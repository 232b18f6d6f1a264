import type { StoreId } from '@cartly/contracts'
import type { Decider, DomainEvent } from './decider.ts'
import type { Recorded } from './envelope.ts'

/** A command that has been applied, and where. */
export interface AppliedCommand {
  readonly commandId: string
  readonly sequence: number
}

/** An aggregate as its log leaves it: its state and how far that is. Plain JSON. */
export interface Aggregate<State> {
  readonly state: State
  /** Envelopes so far; 0 when nothing has happened to it. */
  readonly revision: number
  /** Stream sequence of the last of them. */
  readonly sequence: number
  /** The store that it belongs to; null when nothing has happened to it. */
  readonly storeId: StoreId | null
  /** Time of the last envelope. */
  readonly time: string | null
  /** The last commands applied, the newest last: to know one that comes again. */
  readonly commands: readonly AppliedCommand[]
}

/** How many commands an aggregate remembers. */
const REMEMBERED_COMMANDS = 32

export const untouched = <State>(decider: Pick<Decider<State, never, never>, 'initialState'>): Aggregate<State> => ({
  state: decider.initialState(),
  revision: 0,
  sequence: 0,
  storeId: null,
  time: null,
  commands: [],
})

/** The aggregate after one more of its envelopes. One that it has seen already changes nothing. */
export function applyRecorded<State, Event extends DomainEvent>(
  decider: Pick<Decider<State, never, Event>, 'evolve'>,
  aggregate: Aggregate<State>,
  recorded: Recorded<Event>,
): Aggregate<State> {
  if (recorded.sequence <= aggregate.sequence) return aggregate
  return {
    state: recorded.events.reduce((state, event) => decider.evolve(state, event), aggregate.state),
    revision: recorded.revision,
    sequence: recorded.sequence,
    storeId: recorded.storeId,
    time: recorded.time,
    commands: [
      ...aggregate.commands.slice(1 - REMEMBERED_COMMANDS),
      { commandId: recorded.commandId, sequence: recorded.sequence },
    ],
  }
}
