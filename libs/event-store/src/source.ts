import { compileSchema, type EventFamily } from '@cartly/contracts'
import type { Static, TSchema } from 'typebox'
import { decodeEnvelope, type RecordedOf } from './envelope.ts'
import { UndecodableMessage } from './errors.ts'
import type { LogMessage } from './log-message.ts'

/** What of a stream is read, and as what. */
export interface Source<Record> {
  readonly stream: string
  readonly filters: readonly string[]
  /** @throws UndecodableMessage */
  decode(message: LogMessage): Record
  /**
   * What a message that cannot be read does to a projection. `halt`: it waits, saying so, until a process that can read
   * it takes over. `setAside`: it is kept in the table `poison`, and the rest goes on.
   */
  readonly undecodable: 'halt' | 'setAside'
}

/**
 * The events of these families. They were checked before they were stored, so what cannot be read was written by a
 * newer version of the code: a read model that went on without it would be wrong for ever, and one that waits is right
 * as soon as this process is replaced. Hence `halt`.
 */
export function eventsOf<const Families extends readonly EventFamily[]>(
  ...families: Families
): Source<RecordedOf<Families[number]>> {
  return {
    stream: 'EVENTS',
    filters: families.map(({ filter }) => filter),
    decode(message) {
      const family = families.find(({ filter }) => message.subject.startsWith(filter.slice(0, -1)))
      if (!family) throw new UndecodableMessage(message, 'it is of no family that is read here')
      return decodeEnvelope(family, message) as RecordedOf<Families[number]>
    },
    undecodable: 'halt',
  }
}

/** A fact in volume, with its place. */
export interface RecordedFact<Fact> {
  readonly sequence: number
  readonly subject: string
  /** When the server stored it. */
  readonly time: Date
  readonly traceparent: string | undefined
  readonly fact: Fact
}

/** The facts under these subjects, each a JSON body of one schema. One that does not fit costs itself only. */
export function factsOf<S extends TSchema>(
  stream: string,
  filters: readonly string[],
  schema: S,
): Source<RecordedFact<Static<S>>> {
  const validator = compileSchema(schema)
  return {
    stream,
    filters,
    decode(message) {
      const fact = message.json()
      const [wrong] = validator.errors(fact)
      if (wrong) throw new UndecodableMessage(message, `${wrong.pointer || '/'} ${wrong.message}`)
      const { sequence, subject, time } = message
      return { sequence, subject, time, traceparent: message.header('traceparent'), fact: fact as Static<S> }
    },
    undecodable: 'setAside',
  }
}
