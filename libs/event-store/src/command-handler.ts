import { CartlyError, conflict, notFound, type EventFamily, type EventOf, type StoreId } from '@cartly/contracts'
import { withSpan } from '@cartly/telemetry'
import { applyRecorded, untouched, type Aggregate } from './aggregate.ts'
import type { AggregateRepository } from './aggregate-projection.ts'
import type { Appended } from './append.ts'
import type { Decider } from './decider.ts'
import type { Actor, Draft } from './envelope.ts'
import { WrongExpectedSequence } from './errors.ts'
import type { EventStore } from './event-store.ts'
import { pause } from './pause.ts'

/** Who asks, for which store, and by which id it is known when it is asked again. */
export interface CommandContext {
  /** The same id again gives the same result, and stores nothing twice. */
  readonly commandId: string
  readonly actor: Actor
  readonly storeId: StoreId
  /** The revision that the caller has seen (`If-Match`): when it is another, nothing is done. */
  readonly expectedRevisions?: readonly number[]
}

export interface CommandResult<State, Event> {
  readonly state: State
  readonly revision: number
  /** Stream sequence of the aggregate's last envelope, 0 when there is none. */
  readonly sequence: number
  /** What the command brought about; empty when there was nothing to do. */
  readonly events: readonly Event[]
  /** Whether the read model shows it already; false when that takes longer than two seconds. */
  readonly visible: boolean
}

export interface CommandHandler<State, Command, Event> {
  /**
   * Decides a command on the aggregate's newest state and stores what it brings about.
   * @throws CartlyError what the decider throws; `not_found` for another store's aggregate; `precondition_failed` for
   *   another revision; `conflict` when others were faster five times; `unavailable` when it is not known whether it
   *   was stored.
   */
  execute(id: string, command: Command, context: CommandContext): Promise<CommandResult<State, Event>>
  /** The aggregate as its log has it now: what the read model does not show yet included. */
  newest(id: string): Promise<Aggregate<State>>
}

/** A read model that is to show a change before the command returns: a `ProjectionRunner`. */
export interface Visibility {
  passed(sequence: number, timeoutMs: number): Promise<boolean>
}

export interface CommandHandlerOptions<F extends EventFamily, State, Command> {
  readonly store: EventStore
  readonly family: F
  readonly decider: Decider<State, Command, EventOf<F>>
  readonly repository: AggregateRepository<State>
  /** The service's own projections of this family. */
  readonly visibleIn?: readonly Visibility[]
}

const ATTEMPTS = 5
const VISIBLE_WITHIN_MS = 2_000

export function createCommandHandler<F extends EventFamily, State, Command>(
  options: CommandHandlerOptions<F, State, Command>,
): CommandHandler<State, Command, EventOf<F>> {
  const { store, family, decider, repository, visibleIn = [] } = options
  type Event = EventOf<F>

  const untilVisible = async (sequence: number): Promise<boolean> => {
    const passed = await Promise.all(visibleIn.map((readModel) => readModel.passed(sequence, VISIBLE_WITHIN_MS)))
    return passed.every(Boolean)
  }

  const shown = async (id: string): Promise<Aggregate<State>> => (await repository.load(id)) ?? untouched(decider)

  /** The aggregate after what the log has beyond it. */
  const catchUp = async (id: string, aggregate: Aggregate<State>): Promise<Aggregate<State>> => {
    let current = aggregate
    for await (const recorded of store.load(family, id, { fromSequence: aggregate.sequence + 1 })) {
      current = applyRecorded(decider, current, recorded)
    }
    return current
  }

  /** The result of a command as it was when it was stored. */
  const resultAt = async (
    id: string,
    sequence: number,
    context: CommandContext,
  ): Promise<CommandResult<State, Event>> => {
    const then = await store.loadState(decider, family, id, { toSequence: sequence })
    checkStore(id, then, context)
    const stored = store.load(family, id, { fromSequence: sequence, toSequence: sequence })
    const events: Event[] = []
    for await (const recorded of stored) events.push(...recorded.events)
    const { state, revision } = then
    return { state, revision, sequence, events, visible: await untilVisible(sequence) }
  }

  const checkStore = (id: string, { storeId }: Aggregate<State>, context: CommandContext): void => {
    if (storeId !== null && storeId !== context.storeId) throw notFound(family.aggregate, id)
  }

  const checkRevision = (id: string, { revision }: Aggregate<State>, { expectedRevisions }: CommandContext): void => {
    if (expectedRevisions === undefined || expectedRevisions.includes(revision)) return
    if (revision === 0) throw notFound(family.aggregate, id)
    throw new CartlyError(
      'precondition_failed',
      'revision_changed',
      `The ${family.aggregate} is at revision ${revision}, not ${expectedRevisions.join(' or ')}; read it again`,
    )
  }

  /**
   * Decides on the state at hand. A refusal, or nothing to do, is only believed of the newest state: an append would
   * notice that there is a newer one, these would not.
   */
  const decide = async (
    id: string,
    known: Aggregate<State>,
    command: Command,
    context: CommandContext,
  ): Promise<{ aggregate: Aggregate<State>; earlier?: number; events: readonly Event[] }> => {
    const attempt = (aggregate: Aggregate<State>) => {
      checkStore(id, aggregate, context)
      const earlier = aggregate.commands.find(({ commandId }) => commandId === context.commandId)?.sequence
      if (earlier !== undefined) return { aggregate, earlier, events: [] }
      checkRevision(id, aggregate, context)
      return { aggregate, events: decider.decide(command, aggregate.state) }
    }
    let refusal: unknown
    try {
      const decided = attempt(known)
      if (decided.earlier !== undefined || decided.events.length > 0) return decided
    } catch (error) {
      refusal = error
    }
    const newest = await catchUp(id, known)
    if (newest.sequence === known.sequence && refusal !== undefined) throw refusal
    return attempt(newest)
  }

  const execute = async (
    id: string,
    command: Command,
    context: CommandContext,
  ): Promise<CommandResult<State, Event>> => {
    let aggregate = await shown(id)
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const decided = await decide(id, aggregate, command, context)
      aggregate = decided.aggregate
      if (decided.earlier !== undefined) return resultAt(id, decided.earlier, context)
      const { events } = decided
      if (events.length === 0) {
        const { state, revision, sequence } = aggregate
        return { state, revision, sequence, events, visible: await untilVisible(sequence) }
      }
      const draft = draftOf(aggregate, events, context)
      const appended = await appendUnlessConflict(store, family, id, aggregate, draft)
      if (appended?.duplicate) return resultAt(id, appended.sequence, context)
      if (appended) {
        const { sequence } = appended
        const state = events.reduce((before, event) => decider.evolve(before, event), aggregate.state)
        return { state, revision: draft.revision, sequence, events, visible: await untilVisible(sequence) }
      }
      await pause(attempt * 20 * Math.random())
      aggregate = await catchUp(id, aggregate)
    }
    throw conflict('changed_meanwhile', `The ${family.aggregate} ${id} is being changed by others; try again`)
  }

  return {
    execute: (id, command, context) => withSpan(`command ${family.aggregate}`, {}, () => execute(id, command, context)),
    newest: async (id) => catchUp(id, await shown(id)),
  }
}

/** Times never run backwards within an aggregate, whatever the replicas' clocks say: `asOf` counts on it. */
function draftOf<State, Event extends { type: string; data: unknown }>(
  { revision, time }: Aggregate<State>,
  events: readonly Event[],
  { storeId, actor, commandId }: CommandContext,
): Draft<Event> {
  const now = new Date().toISOString()
  return { revision: revision + 1, time: time !== null && time > now ? time : now, storeId, actor, commandId, events }
}

async function appendUnlessConflict<F extends EventFamily>(
  store: EventStore,
  family: F,
  id: string,
  { sequence }: Aggregate<unknown>,
  draft: Draft<EventOf<F>>,
): Promise<Appended | undefined> {
  try {
    return await store.append(family, id, { ...draft, expectedSequence: sequence })
  } catch (error) {
    if (error instanceof WrongExpectedSequence) return undefined
    throw error
  }
}
