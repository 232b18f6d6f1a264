import { SINGLE, type MappingFunction } from '../function.ts'
import { isObject } from '../json.ts'
import { listOf, numberOf, truthOf } from '../reading.ts'
import type { Place, Run } from '../run.ts'

/** Deep equality of JSON; absent equals null. What it compares it pays for. */
function equal(a: unknown, b: unknown, run: Run, place: Place): boolean {
  const [left, right] = [a ?? null, b ?? null]
  if (left === right) return true
  run.spend(1, place.pointer)
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => equal(item, right[index], run, place))
  }
  if (!isObject(left) || !isObject(right)) return false
  const keys = Object.keys(left)
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && equal(left[key], right[key], run, place))
  )
}

const pair = { single: { takes: 'rules', wants: 'scalar', summary: 'The two values.' } } as const
const noWayBack = { loses: 'the values it was decided on' } as const

export const logicFunctions = {
  $equals: {
    summary: 'Whether the values are all the same; absent equals null.',
    argument: { single: { takes: 'rules', summary: 'The values.' } },
    gives: 'truth',
    build(args) {
      const [first, ...others] = args.rules(SINGLE)
      return (run) => {
        const value = first?.(run)
        return others.every((other) => equal(value, other(run), run, args.place))
      }
    },
    inverse: noWayBack,
  },
  $includes: {
    summary: 'Whether a list has the value among its items.',
    argument: {
      fields: {
        in: { takes: 'rule', wants: 'list', summary: 'The list.' },
        value: { takes: 'rule', summary: 'The value.' },
      },
    },
    gives: 'truth',
    build(args) {
      const list = args.rule('in')
      const value = args.rule('value')
      return (run) => {
        const wanted = value(run)
        return listOf(list(run), run, args.at('in')).some((item) => equal(item, wanted, run, args.place))
      }
    },
    inverse: noWayBack,
  },
  $less: {
    summary: 'Whether the first number is less than the second; false when one is absent.',
    argument: pair,
    gives: 'truth',
    build(args) {
      const [left, right] = args.rules(SINGLE)
      return (run) => {
        const a = numberOf(left?.(run), run, args.place)
        const b = numberOf(right?.(run), run, args.place)
        return a !== undefined && b !== undefined && a < b
      }
    },
    inverse: noWayBack,
  },
  $present: {
    summary: 'Whether there is a value: not absent, not null, not empty text.',
    argument: { single: { takes: 'rule', summary: 'The value.' } },
    gives: 'truth',
    build(args) {
      const of = args.rule(SINGLE)
      return (run) => {
        const value = of(run)
        return value !== undefined && value !== null && value !== ''
      }
    },
    inverse: noWayBack,
  },
  $not: {
    summary: 'True unless the value is true.',
    argument: { single: { takes: 'rule', wants: 'truth', summary: 'The value.' } },
    gives: 'truth',
    build(args) {
      const of = args.rule(SINGLE)
      return (run) => !truthOf(of(run))
    },
    inverse: noWayBack,
  },
  $and: {
    summary: 'Whether all of the values are true.',
    argument: { single: { takes: 'rules', wants: 'truth', summary: 'The values.' } },
    gives: 'truth',
    build(args) {
      const values = args.rules(SINGLE)
      return (run) => values.every((value) => truthOf(value(run)))
    },
    inverse: noWayBack,
  },
  $or: {
    summary: 'Whether one of the values is true.',
    argument: { single: { takes: 'rules', wants: 'truth', summary: 'The values.' } },
    gives: 'truth',
    build(args) {
      const values = args.rules(SINGLE)
      return (run) => values.some((value) => truthOf(value(run)))
    },
    inverse: noWayBack,
  },
  $if: {
    summary: 'One value or another.',
    argument: {
      fields: {
        when: { takes: 'rule', wants: 'truth', summary: 'What decides.' },
        value: { takes: 'rule', summary: 'The value when it is true.' },
        else: { takes: 'rule', optional: true, summary: 'The value when it is not; absent unless said.' },
      },
    },
    gives: (kindOf) => (kindOf('value') === kindOf('else') ? kindOf('value') : 'any'),
    build(args) {
      const when = args.rule('when')
      const value = args.rule('value')
      const otherwise = args.has('else') ? args.rule('else') : undefined
      return (run) => (truthOf(when(run)) ? value(run) : otherwise?.(run))
    },
    inverse: { loses: 'the values it was decided on' },
  },
} satisfies Record<string, MappingFunction>
