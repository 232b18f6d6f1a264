/**
 * Exact decimal numbers as strings: `-?digits[.digits]`, never through binary floating point.
 * A JSON number is read by its shortest decimal form, which is what stood on the wire.
 */
export interface Decimal {
  readonly units: bigint
  /** Digits behind the point: the value is `units / 10^scale`. */
  readonly scale: number
}

const GRAMMAR = /^([+-]?)(\d{1,40})(?:\.(\d{0,40}))?(?:[eE]([+-]?\d{1,3}))?$/
const MAX_SCALE = 60

/** `undefined` when the value is no finite decimal number of at most 40 digits either side of the point. */
export function parseDecimal(value: unknown): Decimal | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const match = GRAMMAR.exec(String(value).trim())
  if (!match) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const shift = Number(exponent) - fraction.length
  if (Math.abs(shift) > MAX_SCALE) return undefined
  const digits = BigInt(whole + fraction)
  const units = sign === '-' ? -digits : digits
  return shift > 0 ? { units: units * 10n ** BigInt(shift), scale: 0 } : { units, scale: -shift }
}

export function formatDecimal({ units, scale }: Decimal): string {
  const negative = units < 0n
  const digits = (negative ? -units : units).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const text = scale === 0 ? whole : `${whole}.${digits.slice(-scale)}`
  return negative ? `-${text}` : text
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale)
  return { units: atScale(a, scale) + atScale(b, scale), scale }
}

export const multiplyDecimals = (a: Decimal, b: Decimal): Decimal => ({
  units: a.units * b.units,
  scale: a.scale + b.scale,
})

const atScale = ({ units, scale }: Decimal, wanted: number): bigint => units * 10n ** BigInt(wanted - scale)

export const roundingModes = ['half_up', 'up', 'down'] as const
/** `half_up` rounds halves away from zero, `up` away from zero, `down` towards zero. */
export type RoundingMode = (typeof roundingModes)[number]

/** Rounds to `scale` digits behind the point. Without a mode, `undefined` unless nothing is lost. */
export function rescale(value: Decimal, scale: number, mode?: RoundingMode): Decimal | undefined {
  if (scale >= value.scale) return { units: atScale(value, scale), scale }
  const divisor = 10n ** BigInt(value.scale - scale)
  const kept = value.units / divisor
  const lost = value.units - kept * divisor
  if (lost === 0n) return { units: kept, scale }
  if (mode === undefined) return undefined
  const away = lost < 0n ? -1n : 1n
  const carries = mode === 'up' || (mode === 'half_up' && lost * away * 2n >= divisor)
  return { units: carries ? kept + away : kept, scale }
}
