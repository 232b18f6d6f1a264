import { currencyExponent } from '../currency.ts'
import { formatDecimal, rescale, roundingModes, type RoundingMode } from '../decimal.ts'
import type { Field, MappingFunction } from '../function.ts'
import { describe } from '../json.ts'
import { decimalOf } from '../reading.ts'
import { fault, type Place, type Run } from '../run.ts'

const NO_CURRENCY = 'is not an ISO 4217 code in capitals'

function exponentOf(currency: unknown, run: Run, place: Place): number {
  const exponent = typeof currency === 'string' ? currencyExponent(currency) : undefined
  if (exponent === undefined) {
    throw fault(run, place, 'not_a_currency', `${describe(currency)} ${NO_CURRENCY}`)
  }
  return exponent
}

const ZERO = '0'.charCodeAt(0)

/** Minor units of what nearly every amount is, digits and a point: whole numbers all the way, without big ones. */
function plainMinor(value: unknown, exponent: number): number | undefined {
  if (typeof value !== 'string' || value.length === 0 || value.length > 15) return undefined
  let amount = 0
  let behindPoint = -1
  for (let index = 0; index < value.length; index++) {
    const digit = value.charCodeAt(index) - ZERO
    if (digit >= 0 && digit <= 9) {
      amount = amount * 10 + digit
      if (behindPoint >= 0) behindPoint++
    } else if (value[index] === '.' && index > 0 && behindPoint < 0) behindPoint = 0
    else return undefined
  }
  const missing = exponent - Math.max(behindPoint, 0)
  const minor = missing < 0 ? Number.NaN : amount * 10 ** missing
  return Number.isSafeInteger(minor) ? minor : undefined
}

const currencyField: Field = {
  takes: 'rule',
  wants: 'scalar',
  refuses: (code) => (currencyExponent(String(code)) === undefined ? `${describe(code)} ${NO_CURRENCY}` : undefined),
  summary: 'The ISO 4217 code, in capitals.',
}

export const moneyFunctions = {
  $minor: {
    summary: 'A decimal amount in minor units of its currency: "35.98" USD is 3598, "1250" JPY is 1250. Exact.',
    argument: {
      fields: {
        of: { takes: 'rule', wants: 'scalar', summary: 'The amount as decimal text or number.' },
        currency: currencyField,
        round: {
          takes: 'choice',
          of: roundingModes,
          optional: true,
          summary: 'What to do with digits smaller than the minor unit; an error unless said.',
        },
      },
    },
    gives: 'number',
    build(args) {
      const of = args.rule('of')
      const currency = args.rule('currency')
      const mode = args.has('round') ? args.choice<RoundingMode>('round', 'half_up') : undefined
      return (run) => {
        const value = of(run)
        if (value === undefined || value === null) return undefined
        const exponent = exponentOf(currency(run), run, args.at('currency'))
        const plain = plainMinor(value, exponent)
        if (plain !== undefined) return plain
        const decimal = decimalOf(value, run, args.place)
        const minor = decimal && rescale(decimal, exponent, mode)
        if (!minor) {
          const reason = `${describe(value)} has more digits than the currency's ${exponent}; say how to round`
          throw fault(run, args.place, 'inexact_amount', reason)
        }
        const amount = Number(minor.units)
        if (!Number.isSafeInteger(amount)) throw fault(run, args.place, 'inexact_amount', 'the amount is too large')
        return amount
      }
    },
    inverse: {
      into: 'of',
      undo: ({ target, carry }) => ({ $decimal: { of: target, currency: carry('currency') } }),
    },
  },
  $decimal: {
    summary: 'An amount in minor units as decimal text: 3598 USD is "35.98", 1250 JPY is "1250". Exact.',
    argument: {
      fields: {
        of: { takes: 'rule', wants: 'scalar', summary: 'The amount in minor units, a whole number.' },
        currency: currencyField,
      },
    },
    gives: 'text',
    build(args) {
      const of = args.rule('of')
      const currency = args.rule('currency')
      return (run) => {
        const value = of(run)
        if (value === undefined || value === null) return undefined
        const exponent = exponentOf(currency(run), run, args.at('currency'))
        if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
          throw fault(run, args.place, 'not_a_number', `${describe(value)} is not a whole number of minor units`)
        }
        return formatDecimal({ units: BigInt(value), scale: exponent })
      }
    },
    inverse: {
      into: 'of',
      undo: ({ target, carry }) => ({ $minor: { of: target, currency: carry('currency') } }),
    },
  },
} satisfies Record<string, MappingFunction>
