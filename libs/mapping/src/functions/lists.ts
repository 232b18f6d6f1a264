import { SINGLE, type Arguments, type Field, type MappingFunction } from '../function.ts'
import type { ValueKind } from '../kinds.ts'
import { listOf, textOf, truthOf } from '../reading.ts'
import type { Evaluate, Run } from '../run.ts'

const inField = { takes: 'rule', wants: 'list', summary: 'The list; absent counts as empty.' } as const
const asField = {
  takes: 'name',
  optional: true,
  summary: 'What the current item is called inside, "item" unless said.',
} as const
const body = (summary: string, wants?: ValueKind): Field => ({ takes: 'body', summary, ...(wants ? { wants } : {}) })

/** A loop over `in`, which gives `round` the items one by one with the value of `field` for each. */
function loop<T>(
  args: Arguments,
  field: string,
  round: (items: readonly unknown[], at: (index: number) => unknown) => T,
) {
  const list = args.rule('in')
  const place = args.at('in')
  const { evaluate, slot, cost } = args.body(field, args.name('as'))
  return (run: Run): T => {
    const items = listOf(list(run), run, place)
    run.spend(items.length * cost, args.place.pointer)
    return round(items, (index) => {
      run.slots[slot] = items[index]
      run.indexes[slot] = index
      return evaluate(run)
    })
  }
}

export const listFunctions = {
  $each: {
    summary: 'A list with something made of each item; where nothing is made of one, it is left out.',
    argument: { fields: { in: inField, as: asField, do: body('What is made of each item.') } },
    gives: 'list',
    build: (args) =>
      loop(args, 'do', (items, at) => {
        const made: unknown[] = []
        for (let index = 0; index < items.length; index++) {
          const value = at(index)
          if (value !== undefined) made.push(value)
        }
        return made
      }),
    inverse: { loop: { over: 'in', as: 'as', body: 'do' } },
  },
  $filter: {
    summary: 'The items of a list for which something holds.',
    argument: { fields: { in: inField, as: asField, where: body('What must hold.', 'truth') } },
    gives: 'list',
    build: (args) => loop(args, 'where', (items, at) => items.filter((_, index) => truthOf(at(index)))),
    inverse: { loses: 'the items that were left out' },
  },
  $sort: {
    summary: 'The items of a list in order of something; equal ones keep their order, absent ones come last.',
    argument: {
      fields: {
        in: inField,
        as: asField,
        by: body('What they are ordered by: numbers, or text.'),
        order: { takes: 'choice', of: ['ascending', 'descending'], optional: true, summary: 'ascending unless said.' },
      },
    },
    gives: 'list',
    build(args) {
      const sign = args.choice('order', 'ascending') === 'ascending' ? 1 : -1
      return loop(args, 'by', (items, at) =>
        items
          .map((item, index) => ({ item, key: at(index) }))
          .toSorted((a, b) => compare(a.key, b.key, sign))
          .map(({ item }) => item),
      )
    },
    inverse: { loses: 'the order the list had' },
  },
  $first: {
    summary: 'The first item of a list.',
    argument: { single: { takes: 'rule', wants: 'list', summary: 'The list.' } },
    gives: 'any',
    build(args) {
      const of = args.rule(SINGLE)
      return (run) => listOf(of(run), run, args.place)[0] ?? undefined
    },
    inverse: { loses: 'the other items' },
  },
  $slice: {
    summary: 'The beginning of a text or list, no longer than so much.',
    argument: {
      fields: {
        of: { takes: 'rule', summary: 'The text or list.' },
        limit: { takes: 'integer', from: 1, to: 100_000, summary: 'How many characters or items at most.' },
        from: { takes: 'integer', from: 0, to: 100_000, optional: true, summary: 'How many to pass over first.' },
      },
    },
    gives: (kindOf) => (kindOf('of') === 'list' ? 'list' : 'any'),
    build(args) {
      const of = args.rule('of')
      const from = args.integer('from', 0)
      const to = from + args.integer('limit', 1)
      return (run) => {
        const value = of(run)
        return Array.isArray(value)
          ? listOf(value, run, args.place).slice(from, to)
          : textOf(value, run, args.place)?.slice(from, to)
      }
    },
    inverse: { loses: 'what was cut off' },
  },
  $count: {
    summary: 'How many items a list has, or characters a text; 0 when absent.',
    argument: { single: { takes: 'rule', summary: 'The list or text.' } },
    gives: 'number',
    build(args) {
      const of = args.rule(SINGLE)
      return (run) => {
        const value = of(run)
        return Array.isArray(value) ? value.length : (textOf(value, run, args.place)?.length ?? 0)
      }
    },
    inverse: { loses: 'everything but the number' },
  },
  $flatten: {
    summary: 'The items of the lists in a list, as one list; what is no list stands for itself.',
    argument: { single: { takes: 'rule', wants: 'list', summary: 'The list of lists.' } },
    gives: 'list',
    build(args): Evaluate {
      const of = args.rule(SINGLE)
      return (run) => {
        const flat = listOf(of(run), run, args.place).flat()
        run.spend(flat.length, args.place.pointer)
        return flat
      }
    },
    inverse: { loses: 'where one list ends and the next begins' },
  },
} satisfies Record<string, MappingFunction>

function compare(a: unknown, b: unknown, sign: number): number {
  const absentA = a === undefined || a === null
  const absentB = b === undefined || b === null
  if (absentA || absentB) return Number(absentA) - Number(absentB)
  if (typeof a === 'number' && typeof b === 'number') return (a - b) * sign
  const [left, right] = [String(a), String(b)]
  return left === right ? 0 : left < right ? -sign : sign
}
