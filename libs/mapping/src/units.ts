import { formatDecimal, parseDecimal, type Decimal } from './decimal.ts'

/** One unit in grams; the avoirdupois pound is 453.59237 g exactly (international yard and pound agreement, 1959). */
export const gramsPer = { g: '1', kg: '1000', oz: '28.349523125', lb: '453.59237' } as const
/** One unit in millimetres; the inch is 25.4 mm exactly. */
export const millimetresPer = { mm: '1', cm: '10', in: '25.4' } as const

export type WeightUnit = keyof typeof gramsPer
export type LengthUnit = keyof typeof millimetresPer

/** Digits behind the point that quotients are carried to. */
const SCALE = 40n
/** Two numbers nearer than one part in so many are the same to a double. */
const SAME_PARTS = 4_000_000_000_000_000n

/**
 * `value × from / to`, computed exactly. Where a number of twelve digits is the same to a double, it is given, so that
 * 12 oz is 0.75 lb; and what has at most twelve digits comes back as it was when it is converted back.
 */
export function convert(value: Decimal, from: Decimal, to: Decimal): number {
  const numerator = value.units * from.units * 10n ** (SCALE + BigInt(to.scale))
  const exact = numerator / (to.units * 10n ** BigInt(value.scale + from.scale))
  const near = Number(formatDecimal({ units: exact, scale: Number(SCALE) }))
  const short = parseDecimal(near.toPrecision(12))
  if (!short) return near
  const gap = short.units * 10n ** (SCALE - BigInt(short.scale)) - exact
  return magnitude(gap) * SAME_PARTS <= magnitude(exact) ? Number(formatDecimal(short)) : near
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value)
