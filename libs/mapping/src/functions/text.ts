import { createHash } from 'node:crypto'
import { SINGLE, type Arguments, type MappingFunction } from '../function.ts'
import { textOf } from '../reading.ts'
import type { Evaluate } from '../run.ts'

const onText =
  (change: (text: string) => string | undefined) =>
  (args: Arguments): Evaluate => {
    const of = args.rule(SINGLE)
    return (run) => {
      const text = textOf(of(run), run, args.place)
      return text === undefined ? undefined : change(text)
    }
  }

const aText = { single: { takes: 'rule', wants: 'scalar', summary: 'The text.' } } as const

export const textFunctions = {
  $concat: {
    summary: 'The values one after the other as one text; absent ones are left out.',
    argument: { single: { takes: 'rules', wants: 'scalar', summary: 'The parts.' } },
    gives: 'text',
    build(args) {
      const parts = args.rules(SINGLE)
      return (run) => parts.map((part) => textOf(part(run), run, args.place) ?? '').join('')
    },
    inverse: { loses: 'where one part ends and the next begins' },
  },
  $join: {
    summary: 'The items of a list as one text with something between them; absent and empty ones are left out.',
    argument: {
      fields: {
        of: { takes: 'rule', summary: 'The list; a single value counts as a list of one.' },
        with: { takes: 'rule', optional: true, summary: 'What stands between, ", " unless said.' },
      },
    },
    gives: 'text',
    build(args) {
      const of = args.rule('of')
      const between = args.has('with') ? args.rule('with') : () => ', '
      return (run) => {
        const value = of(run)
        if (value === undefined || value === null) return undefined
        const parts = (Array.isArray(value) ? value : [value]).map((item) => textOf(item, run, args.place))
        run.spend(parts.length, args.place.pointer)
        const text = parts.filter(Boolean).join(textOf(between(run), run, args.place) ?? '')
        return text === '' ? undefined : text
      }
    },
    inverse: { loses: 'where one item ends and the next begins' },
  },
  $string: {
    summary: 'A number or truth value as text.',
    argument: aText,
    gives: 'text',
    build: onText((text) => text),
    inverse: { into: SINGLE, undo: ({ target }) => ({ $number: target }) },
  },
  $lower: {
    summary: 'The text in lower case.',
    argument: aText,
    gives: 'text',
    build: onText((text) => text.toLowerCase()),
    inverse: { loses: 'which letters were capitals' },
  },
  $upper: {
    summary: 'The text in capitals.',
    argument: aText,
    gives: 'text',
    build: onText((text) => text.toUpperCase()),
    inverse: { loses: 'which letters were small' },
  },
  $trim: {
    summary: 'The text without the space around it; absent when nothing is left.',
    argument: aText,
    gives: 'text',
    build: onText((text) => text.trim() || undefined),
    inverse: { loses: 'the space around the text' },
  },
  $split: {
    summary: 'The parts of a text between each occurrence of another, at most 1,000.',
    argument: {
      fields: {
        of: { takes: 'rule', summary: 'The text.' },
        by: { takes: 'rule', summary: 'What stands between the parts.' },
      },
    },
    gives: 'list',
    build(args) {
      const of = args.rule('of')
      const by = args.rule('by')
      return (run) => {
        const text = textOf(of(run), run, args.place)
        const separator = textOf(by(run), run, args.place)
        if (text === undefined) return undefined
        return separator ? text.split(separator, 1000) : [text]
      }
    },
    inverse: { loses: 'what stood between the parts' },
  },
  $json: {
    summary: 'The value written as JSON text.',
    argument: { single: { takes: 'rule', summary: 'Any value.' } },
    gives: 'text',
    build(args) {
      const of = args.rule(SINGLE)
      return (run) => {
        const value = of(run)
        if (value === undefined) return undefined
        const text = JSON.stringify(value)
        run.spend(text.length >> 3, args.place.pointer)
        return text
      }
    },
    inverse: { loses: 'the structure of the value' },
  },
  $hash: {
    summary: 'The hash of a text in hexadecimal: for services that take one as an id.',
    argument: {
      fields: {
        of: { takes: 'rule', summary: 'The text.' },
        with: { takes: 'choice', of: ['sha256', 'md5'], optional: true, summary: 'The algorithm, sha256 unless said.' },
      },
    },
    gives: 'text',
    build(args) {
      const of = args.rule('of')
      const algorithm = args.choice('with', 'sha256')
      return (run) => {
        const text = textOf(of(run), run, args.place)
        if (text === undefined) return undefined
        run.spend(20 + (text.length >> 4), args.place.pointer)
        return createHash(algorithm).update(text).digest('hex')
      }
    },
    inverse: { loses: 'the text' },
  },
} satisfies Record<string, MappingFunction>
