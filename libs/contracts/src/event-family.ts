import type { Static, TSchema } from 'typebox'

/**
 * The events of one kind of aggregate, with the schema of their present version and the steps that lift older ones.
 * Events are never rewritten in the log: `upcast[n]` turns data of version n into data of version n + 1 when read.
 */
export interface EventType<S extends TSchema = TSchema> {
  readonly version: number
  readonly data: S
  readonly upcast?: Readonly<Record<number, (data: unknown) => unknown>>
}

export interface EventFamily<Types extends Record<string, EventType> = Record<string, EventType>> {
  /** The bounded context that owns the aggregate: `registry`, `vault`, `webhooks`, `oauth`. */
  readonly context: string
  readonly aggregate: string
  readonly types: Types
  /** `evt.<context>.<aggregate>.<id>`: one literal subject for each aggregate (ADR 0003). */
  subject(id: string): string
  /** Every aggregate of the family. */
  readonly filter: string
}

/** The union of a family's events: `{ type, data }`. */
export type EventOf<F extends EventFamily> = {
  [T in keyof F['types'] & string]: { readonly type: T; readonly data: Static<F['types'][T]['data']> }
}[keyof F['types'] & string]

export function eventFamily<const Types extends Record<string, EventType>>(
  context: string,
  aggregate: string,
  types: Types,
): EventFamily<Types> {
  const prefix = `evt.${context}.${aggregate}`
  return { context, aggregate, types, subject: (id) => `${prefix}.${id}`, filter: `${prefix}.*` }
}

/** An event of the present version, without steps. */
export const v1 = <S extends TSchema>(data: S): EventType<S> => ({ version: 1, data })
