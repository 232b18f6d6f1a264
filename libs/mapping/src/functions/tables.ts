import { MappingError } from '../error.ts'
import type { MappingFunction } from '../function.ts'
import { describe, isObject } from '../json.ts'
import { fault } from '../run.ts'

/** Members of objects cost more to take apart and put together than items of lists. */
const MEMBER_COST = 6

export const tableFunctions = {
  $enum: {
    summary: "One word for another by a table: the service's status to Cartly's, say.",
    argument: {
      fields: {
        of: { takes: 'rule', wants: 'scalar', summary: 'The word; numbers and truth values are looked up as text.' },
        table: { takes: 'table', summary: 'What stands for each word.' },
        otherwise: {
          takes: 'rule',
          optional: true,
          summary: 'What stands for every other word; an error unless said.',
        },
      },
    },
    gives: 'any',
    build(args) {
      const of = args.rule('of')
      const table = new Map(Object.entries(args.json('table') as Record<string, unknown>))
      const otherwise = args.has('otherwise') ? args.rule('otherwise') : undefined
      return (run) => {
        const word = of(run)
        if (word === undefined || word === null) return otherwise?.(run)
        const found = table.get(String(word))
        if (found !== undefined) return found
        if (otherwise) return otherwise(run)
        throw fault(run, args.place, 'not_in_table', `${describe(word)} is not in the table`)
      }
    },
    inverse: {
      into: 'of',
      undo: ({ target, option, refuse }) => {
        const table = option<Record<string, unknown>>('table', {})
        const back = new Map<string, string>()
        for (const [word, meaning] of Object.entries(table)) {
          if (typeof meaning !== 'string') return refuse(`what "${word}" stands for, which is no text`)
          if (back.has(meaning)) return refuse(`which of "${back.get(meaning)}" and "${word}" it was`)
          back.set(meaning, word)
        }
        return { $enum: { of: target, table: Object.fromEntries(back) } }
      },
    },
  },
  $entries: {
    summary: 'The members of an object as a list of { key, value }.',
    argument: { single: { takes: 'rule', wants: 'object', summary: 'The object.' } },
    gives: 'list',
    build(args) {
      const of = args.rule('value')
      return (run) => {
        const value = of(run)
        if (value === undefined || value === null) return []
        if (!isObject(value)) throw fault(run, args.place, 'not_an_object', `${describe(value)} is not an object`)
        const entries = Object.entries(value)
        run.spend(entries.length * MEMBER_COST, args.place.pointer)
        return entries.map(([key, item]) => ({ key, value: item }))
      }
    },
    inverse: { loses: 'nothing, but a list of entries has no way back here' },
  },
  $merge: {
    summary: 'The members of several objects in one; later ones win, absent ones are left out.',
    argument: { single: { takes: 'rules', wants: 'object', summary: 'The objects.' } },
    gives: 'object',
    build(args) {
      const parts = args.rules('value')
      return (run) => {
        const merged: Record<string, unknown> = {}
        for (const part of parts) {
          const value = part(run)
          if (value === undefined || value === null) continue
          if (!isObject(value)) throw fault(run, args.place, 'not_an_object', `${describe(value)} is not an object`)
          const entries = Object.entries(value)
          run.spend(entries.length * MEMBER_COST, args.place.pointer)
          for (const [key, item] of entries) {
            if (key === '__proto__')
              throw new MappingError('forbidden_key', args.place.pointer, `"${key}" may not be written`)
            merged[key] = item
          }
        }
        return merged
      }
    },
    inverse: { loses: 'which of the objects each member came from' },
  },
} satisfies Record<string, MappingFunction>
