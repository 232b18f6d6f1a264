import assert from 'node:assert/strict'
import { CartlyError } from '@cartly/contracts'
import type { Decider, DomainEvent } from '../decider.ts'

/** What a command comes to, to be compared with what it should. */
export interface Outcome<Event> {
  /** Exactly these events, in this order. */
  thenEvents(events: readonly Event[]): void
  thenNothing(): void
  /** A refusal, by its code. */
  thenRefused(code: string): void
}

export interface Given<Command, Event> {
  when(command: Command): Outcome<Event>
}

/**
 * A decider's rules as given / when / then, for any test runner:
 * `specify(connector).given([installed]).when({ type: 'activate' }).thenRefused('connector_not_tested')`.
 */
export function specify<State, Command, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
): { given(events: readonly Event[]): Given<Command, Event> } {
  return {
    given: (events) => ({
      when(command) {
        const state = events.reduce((before, event) => decider.evolve(before, event), decider.initialState())
        return {
          thenEvents: (expected) => assert.deepEqual(decider.decide(command, state), expected),
          thenNothing: () => assert.deepEqual(decider.decide(command, state), []),
          thenRefused: (code) =>
            assert.throws(
              () => decider.decide(command, state),
              (error) => {
                if (!(error instanceof CartlyError)) throw error
                assert.equal(error.code, code)
                return true
              },
            ),
        }
      },
    }),
  }
}
