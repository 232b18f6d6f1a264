/** What happened: a name in the past tense and its facts. */
export interface DomainEvent {
  readonly type: string
  readonly data: unknown
}

/**
 * The rules of one kind of aggregate as pure functions: no clock, no ids, no I/O; what they need of those comes in the
 * command. The state is plain JSON, because it is kept as a row.
 */
export interface Decider<State, Command, Event extends DomainEvent> {
  /** The state of an aggregate to which nothing has happened. */
  initialState(): State
  /**
   * The events that the command brings about; none when there is nothing to do.
   * @throws CartlyError when a rule forbids it.
   */
  decide(command: Command, state: State): readonly Event[]
  /** The state after an event. Never refuses: what happened, happened. */
  evolve(state: State, event: Event): State
}
