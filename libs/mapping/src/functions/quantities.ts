import { parseDecimal, type Decimal } from '../decimal.ts'
import { dateFormats, keepsAll, readDate, writeDate, type DateFormat } from '../dates.ts'
import type { Arguments, Field, MappingFunction } from '../function.ts'
import { describe } from '../json.ts'
import { decimalOf, toNumber } from '../reading.ts'
import { fault, type Evaluate, type Place, type Run } from '../run.ts'
import { convert, gramsPer, millimetresPer } from '../units.ts'

function unitFields(units: readonly string[]): Readonly<Record<'of' | 'from' | 'to', Field>> {
  const refuses = (unit: unknown): string | undefined =>
    units.includes(String(unit)) ? undefined : `must be one of ${units.join(', ')}`
  return {
    of: { takes: 'rule', wants: 'scalar', summary: 'The number.' },
    from: { takes: 'rule', wants: 'scalar', refuses, summary: `Its unit: ${units.join(', ')}.` },
    to: { takes: 'rule', wants: 'scalar', refuses, summary: `The unit wanted: ${units.join(', ')}.` },
  }
}

/** Dates are read by their calendar. */
const DATE_COST = 4
/** Conversions are exact, and so cost more than most rules. */
const CONVERSION_COST = 10

const conversion = (table: Readonly<Record<string, string>>) => {
  const sizes = new Map(Object.entries(table).map(([unit, size]) => [unit, parseDecimal(size)!]))
  const units = [...sizes.keys()].join(', ')
  const sizeOf = (unit: unknown, run: Run, place: Place): Decimal => {
    const size = typeof unit === 'string' ? sizes.get(unit) : undefined
    if (size) return size
    throw fault(run, place, 'not_a_unit', `${describe(unit)} is none of ${units}`)
  }
  return (args: Arguments): Evaluate => {
    const of = args.rule('of')
    const from = args.rule('from')
    const to = args.rule('to')
    return (run) => {
      const value = decimalOf(of(run), run, args.place)
      if (value === undefined) return undefined
      run.spend(CONVERSION_COST, args.place.pointer)
      const [source, target] = [from(run), to(run)]
      const sizeOfSource = sizeOf(source, run, args.at('from'))
      const sizeOfTarget = sizeOf(target, run, args.at('to'))
      return source === target ? toNumber(value) : convert(value, sizeOfSource, sizeOfTarget)
    }
  }
}

export const quantityFunctions = {
  $weight: {
    summary: 'A weight in another unit.',
    argument: { fields: unitFields(Object.keys(gramsPer)) },
    gives: 'number',
    build: conversion(gramsPer),
    inverse: {
      into: 'of',
      undo: ({ target, carry }) => ({ $weight: { of: target, from: carry('to'), to: carry('from') } }),
    },
  },
  $length: {
    summary: 'A length in another unit.',
    argument: { fields: unitFields(Object.keys(millimetresPer)) },
    gives: 'number',
    build: conversion(millimetresPer),
    inverse: {
      into: 'of',
      undo: ({ target, carry }) => ({ $length: { of: target, from: carry('to'), to: carry('from') } }),
    },
  },
  $date: {
    summary:
      'A moment written another way: iso 2026-01-31T09:30:00.000Z, date 2026-01-31, compact 20260131, us 01/31/2026, unix seconds, unixMs milliseconds.',
    argument: {
      fields: {
        of: { takes: 'rule', wants: 'scalar', summary: 'The moment.' },
        from: { takes: 'choice', of: dateFormats, optional: true, summary: 'How it is written, iso unless said.' },
        to: { takes: 'choice', of: dateFormats, optional: true, summary: 'How to write it, iso unless said.' },
        otherwise: {
          takes: 'rule',
          optional: true,
          summary: 'What stands for what is no date, null for nothing; an error unless said.',
        },
      },
    },
    gives: 'any',
    build(args) {
      const of = args.rule('of')
      const from = args.choice<DateFormat>('from', 'iso')
      const to = args.choice<DateFormat>('to', 'iso')
      const otherwise = args.has('otherwise') ? args.rule('otherwise') : undefined
      return (run) => {
        const value = of(run)
        if (value === undefined || value === null) return undefined
        run.spend(DATE_COST, args.place.pointer)
        const ms = readDate(value, from)
        if (ms === undefined && otherwise) return otherwise(run) ?? undefined
        if (ms === undefined)
          throw fault(run, args.place, 'not_a_date', `${describe(value)} is not a date written ${from}`)
        return writeDate(ms, to)
      }
    },
    inverse: {
      into: 'of',
      undo: ({ target, option, refuse }) => {
        const from = option<DateFormat>('from', 'iso')
        const to = option<DateFormat>('to', 'iso')
        return keepsAll(from, to) ? { $date: { of: target, from: to, to: from } } : refuse('the time of day')
      },
    },
  },
} satisfies Record<string, MappingFunction>
