import { compileSchema, type EventFamily, type EventOf, type EventType } from '@cartly/contracts'
import type { DomainEvent } from './decider.ts'
import { UndecodableMessage } from './errors.ts'
import type { LogMessage } from './log-message.ts'

/**
 * The types line and the body of events to be stored.
 * @throws CartlyError `invalid` when an event does not fit its own schema: nothing is stored that could not be read.
 */
export function writeEvents(family: EventFamily, events: readonly DomainEvent[]): { types: string; body: string } {
  const types = events.map(({ type, data }) => {
    const known = family.types[type]
    if (!known) throw new Error(`${family.context}.${family.aggregate} has no event ${type}`)
    compileSchema(known.data).parse(data, type)
    return `${type}@${known.version}`
  })
  return { types: types.join(','), body: JSON.stringify(events.map(({ data }) => data)) }
}

/** The events of a message: `types` is its types line. */
export function readEvents<F extends EventFamily>(family: F, types: string, message: LogMessage): EventOf<F>[] {
  const names = types.split(',')
  const body = readBody(message)
  if (body.length !== names.length) {
    throw new UndecodableMessage(message, `${names.length} events are named and ${body.length} are in the body`)
  }
  return names.map((name, index) => readEvent(family, name, body[index], { message, index }) as EventOf<F>)
}

function readBody(message: LogMessage): unknown[] {
  const body = message.json()
  if (!Array.isArray(body)) throw new UndecodableMessage(message, 'the body is no array')
  return body
}

interface Place {
  readonly message: LogMessage
  readonly index: number
}

function readEvent(family: EventFamily, name: string, stored: unknown, place: Place): DomainEvent {
  const at = name.lastIndexOf('@')
  const type = name.slice(0, at)
  const version = Number(name.slice(at + 1))
  const known = family.types[type]
  if (at < 1 || !known)
    throw new UndecodableMessage(place.message, `event ${place.index} is of the unknown type ${name}`)
  if (!(version >= 1 && version <= known.version)) {
    throw new UndecodableMessage(
      place.message,
      `event ${place.index} is ${name}, and this process knows ${type} up to version ${known.version}`,
    )
  }
  const data = upcast(known, version, stored, place)
  const [wrong] = compileSchema(known.data).errors(data)
  if (wrong) {
    throw new UndecodableMessage(
      place.message,
      `event ${place.index} (${name}): ${wrong.pointer || '/'} ${wrong.message}`,
    )
  }
  return { type, data }
}

function upcast(
  { version: present, upcast: steps }: EventType,
  version: number,
  stored: unknown,
  place: Place,
): unknown {
  let data = stored
  for (let from = version; from < present; from++) {
    const step = steps?.[from]
    if (!step) throw new UndecodableMessage(place.message, `event ${place.index} has no step up from version ${from}`)
    try {
      data = step(data)
    } catch (error) {
      throw new UndecodableMessage(place.message, `event ${place.index} cannot be lifted from version ${from}`, error)
    }
  }
  return data
}
