import { MappingError } from '../error.ts'
import { SINGLE, type MappingFunction } from '../function.ts'
import { fault } from '../run.ts'

export const valueFunctions = {
  $literal: {
    summary: 'The JSON inside, taken as it is: for objects whose own keys begin with "$".',
    argument: { single: { takes: 'json', summary: 'Any JSON.' } },
    gives: 'any',
    build(args) {
      const value = args.json(SINGLE)
      return () => value
    },
    inverse: { loses: 'a constant says nothing of its source' },
  },
  $default: {
    summary: 'The value, or another one where it is absent.',
    argument: {
      fields: {
        of: { takes: 'rule', summary: 'The value.' },
        value: { takes: 'rule', summary: 'What stands in for it.' },
      },
    },
    gives: (kindOf) => (kindOf('of') === kindOf('value') ? kindOf('of') : 'any'),
    build(args) {
      const of = args.rule('of')
      const value = args.rule('value')
      return (run) => of(run) ?? value(run)
    },
    inverse: { into: 'of', undo: ({ target }) => target },
  },
  $coalesce: {
    summary: 'The first of the values that is present.',
    argument: { single: { takes: 'rules', summary: 'The values, best first.' } },
    gives: 'any',
    build(args) {
      const values = args.rules(SINGLE)
      return (run) => {
        for (const evaluate of values) {
          const value = evaluate(run)
          if (value !== undefined && value !== null) return value
        }
        return undefined
      }
    },
    inverse: { loses: 'which of the sources it came from' },
  },
  $required: {
    summary: 'The value; it is an error when it is absent.',
    argument: { single: { takes: 'rule', summary: 'The value.' } },
    gives: (kindOf) => kindOf(SINGLE),
    build(args) {
      const of = args.rule(SINGLE)
      return (run) => {
        const value = of(run)
        if (value === undefined || value === null) throw fault(run, args.place, 'missing', 'a value is needed here')
        return value
      }
    },
    inverse: { into: SINGLE, undo: ({ target }) => target },
  },
  $apply: {
    summary: 'The output of one of the named mappings, given a value as its `input`.',
    argument: {
      fields: {
        mapping: { takes: 'mapping', summary: "The mapping's name." },
        to: { takes: 'rule', summary: 'Its input.' },
      },
    },
    gives: 'any',
    build(args) {
      const to = args.rule('to')
      const mapping = args.mapping('mapping')
      if (mapping.later) {
        const slot = args.later(mapping, to)
        return (run) => run.slots[slot] ?? undefined
      }
      return (run) => {
        run.spend(mapping.rules, args.place.pointer)
        try {
          return mapping.run({ input: to(run) })
        } catch (error) {
          if (!(error instanceof MappingError)) throw error
          throw fault(run, args.place, 'expression_failed', error.message)
        }
      }
    },
    inverse: { loses: 'the rules of the other mapping; invert that one' },
  },
} satisfies Record<string, MappingFunction>
