import { addDecimals, multiplyDecimals, rescale, roundingModes, type Decimal } from '../decimal.ts'
import { SINGLE, type MappingFunction } from '../function.ts'
import { decimalOf, listOf, numberOf, toNumber } from '../reading.ts'

export const numberFunctions = {
  $number: {
    summary: 'Decimal text as a number.',
    argument: { single: { takes: 'rule', wants: 'scalar', summary: 'The text, or a number.' } },
    gives: 'number',
    build(args) {
      const of = args.rule(SINGLE)
      return (run) => numberOf(of(run), run, args.place)
    },
    inverse: { into: SINGLE, undo: ({ target }) => ({ $string: target }) },
  },
  $round: {
    summary: 'The number with so many digits behind the point.',
    argument: {
      fields: {
        of: { takes: 'rule', wants: 'scalar', summary: 'The number.' },
        digits: { takes: 'integer', from: 0, to: 12, optional: true, summary: 'Digits kept, 0 unless said.' },
        mode: {
          takes: 'choice',
          of: roundingModes,
          optional: true,
          summary: 'half_up (unless said) rounds halves away from zero; up away from zero; down towards zero.',
        },
      },
    },
    gives: 'number',
    build(args) {
      const of = args.rule('of')
      const digits = args.integer('digits', 0)
      const mode = args.choice('mode', 'half_up')
      return (run) => {
        const decimal = decimalOf(of(run), run, args.place)
        const rounded = decimal && rescale(decimal, digits, mode)
        return rounded && toNumber(rounded)
      }
    },
    inverse: { loses: 'the digits that were rounded off' },
  },
  $sum: {
    summary: 'The sum of the numbers in a list, exact; absent ones count as nothing.',
    argument: { single: { takes: 'rule', wants: 'list', summary: 'The list.' } },
    gives: 'number',
    build(args) {
      const of = args.rule(SINGLE)
      return (run) => {
        let sum: Decimal = { units: 0n, scale: 0 }
        for (const item of listOf(of(run), run, args.place)) {
          const decimal = decimalOf(item, run, args.place)
          if (decimal) sum = addDecimals(sum, decimal)
        }
        return toNumber(sum)
      }
    },
    inverse: { loses: 'the single numbers' },
  },
  $multiply: {
    summary: 'The product of the numbers, exact; absent when one of them is.',
    argument: { single: { takes: 'rules', wants: 'scalar', summary: 'Up to eight factors.' } },
    gives: 'number',
    build(args) {
      const factors = args.rules(SINGLE).slice(0, 8)
      return (run) => {
        let product: Decimal = { units: 1n, scale: 0 }
        for (const factor of factors) {
          const decimal = decimalOf(factor(run), run, args.place)
          if (!decimal) return undefined
          product = multiplyDecimals(product, decimal)
        }
        return toNumber(product)
      }
    },
    inverse: { loses: 'the single factors' },
  },
} satisfies Record<string, MappingFunction>
