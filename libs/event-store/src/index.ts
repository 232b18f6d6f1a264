export type { Bus } from './bus.ts'
export type { Decider, DomainEvent } from './decider.ts'
export { envelopeHeaders, isOf, type Actor, type Draft, type Recorded, type RecordedOf } from './envelope.ts'
export { StreamBehindReadModel, UndecodableMessage, WrongExpectedSequence } from './errors.ts'
export type { Aggregate, AppliedCommand } from './aggregate.ts'
export type { Append, Appended } from './append.ts'
export { createEventStore, type EventStore, type LoadOptions } from './event-store.ts'
export {
  createCommandHandler,
  type CommandContext,
  type CommandHandler,
  type CommandHandlerOptions,
  type CommandResult,
  type Visibility,
} from './command-handler.ts'
export { eventsOf, factsOf, type RecordedFact, type Source } from './source.ts'
export type { LogMessage } from './log-message.ts'
export { defineProjection, type Projection, type ProjectionTx } from './projection.ts'
export { ProjectionRunner, type ProjectionStatus, type RunnerOptions } from './projection-runner.ts'
export {
  aggregateProjection,
  aggregateRepository,
  type AggregateProjection,
  type AggregateRepository,
} from './aggregate-projection.ts'
export { Reactor, type ReactorOptions } from './reactor.ts'
export { lastSequence } from './position.ts'
export { tail, type TailOptions } from './tail.ts'
export { createLiveView, type LiveView, type LiveViewOptions } from './live-view.ts'
export { dropRetired, progressOf, rebuild, type ProjectionProgress, type RebuildOptions } from './rebuild.ts'
export { specify } from './testing/decider-specification.ts'
