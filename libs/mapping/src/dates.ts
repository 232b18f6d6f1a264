/**
 * How a moment is written: `iso` 2026-01-31T09:30:00.000Z, `date` 2026-01-31, `compact` 20260131, `us` 01/31/2026,
 * `unix` seconds, `unixMs` milliseconds since 1970. Dates without time mean midnight UTC, and so do times without zone.
 */
export const dateFormats = ['iso', 'date', 'compact', 'us', 'unix', 'unixMs'] as const
export type DateFormat = (typeof dateFormats)[number]

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s?(Z|[+-]\d{2}:?\d{2})?)?$/
const MAX_MS = 8.64e15

/** Milliseconds since 1970, or `undefined` when the value is not written so. */
export function readDate(value: unknown, format: DateFormat): number | undefined {
  switch (format) {
    case 'unix':
      return inRange(numberOf(value) * 1000)
    case 'unixMs':
      return inRange(numberOf(value))
    case 'us':
      return readParts(value, /^(?<month>\d{2})\/(?<day>\d{2})\/(?<year>\d{4})$/)
    case 'compact':
      return readParts(value, /^(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})$/)
    case 'date':
    case 'iso':
      return readIso(value)
  }
}

export function writeDate(ms: number, format: DateFormat): string | number {
  const iso = new Date(ms).toISOString()
  const [year = '', month = '', day = ''] = iso.slice(0, 10).split('-')
  switch (format) {
    case 'unix':
      return Math.floor(ms / 1000)
    case 'unixMs':
      return ms
    case 'us':
      return `${month}/${day}/${year}`
    case 'compact':
      return year + month + day
    case 'date':
      return iso.slice(0, 10)
    case 'iso':
      return iso
  }
}

/** Whether `from` says no more than `to` does, so that nothing is lost and the way back exists. */
export const keepsAll = (from: DateFormat, to: DateFormat): boolean => precision(from) >= precision(to)

/** The smallest difference the format can tell, in milliseconds. */
function precision(format: DateFormat): number {
  if (format === 'iso' || format === 'unixMs') return 1
  return format === 'unix' ? 1000 : 86_400_000
}

const numberOf = (value: unknown): number =>
  typeof value === 'number' ? value : typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : NaN

const inRange = (ms: number): number | undefined => (Math.abs(ms) <= MAX_MS ? Math.floor(ms) : undefined)

function readParts(value: unknown, format: RegExp): number | undefined {
  const parts = typeof value === 'string' ? format.exec(value)?.groups : undefined
  return parts ? readIso(`${parts['year']}-${parts['month']}-${parts['day']}`) : undefined
}

function readIso(value: unknown): number | undefined {
  const match = typeof value === 'string' ? ISO.exec(value) : null
  if (!match) return undefined
  const [, date = '', time = '00:00', zone = 'Z'] = match
  const ms = Date.parse(`${date}T${time}${zone}`)
  if (Number.isNaN(ms)) return undefined
  // Date.parse rolls 31 February over into March; such a date is not one.
  return new Date(`${date}T00:00Z`).toISOString().startsWith(date) ? ms : undefined
}
