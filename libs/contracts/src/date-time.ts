import { fullFormats } from 'ajv-formats/dist/formats.js'

const { validate } = fullFormats['date-time'] as { validate: (text: string) => boolean }

const DISPLACEMENT = /[+-](\d\d)(?::?\d\d)?$/

/**
 * The format `date-time` (RFC 3339), of times that everything behind the door can read: JavaScript knows no leap seconds,
 * Postgres neither a year 0 nor a zone further than 15:59 from UTC.
 */
export function isDateTime(text: string): boolean {
  if (!validate(text) || Number.isNaN(Date.parse(text)) || text.startsWith('0000')) return false
  return Number(DISPLACEMENT.exec(text)?.[1] ?? 0) <= 15
}
