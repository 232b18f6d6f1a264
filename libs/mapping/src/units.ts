/** One unit in grams; the avoirdupois pound is 453.59237 g exactly (international yard and pound agreement, 1959). */
export const gramsPer = { g: 1, kg: 1000, oz: 28.349523125, lb: 453.59237 } as const
/** One unit in millimetres; the inch is 25.4 mm exactly. */
export const millimetresPer = { mm: 1, cm: 10, in: 25.4 } as const

export type WeightUnit = keyof typeof gramsPer
export type LengthUnit = keyof typeof millimetresPer

/**
 * Converts without the dust of binary fractions: where a number of twelve digits is as near as a double can tell, it is
 * that number. So 12 oz is 0.75 lb, not 0.7500000000000001, and what has at most twelve digits comes back as it was.
 */
export function convert(value: number, from: number, to: number): number {
  if (from === to) return value
  const exact = (value * from) / to
  const short = Number(exact.toPrecision(12))
  return Math.abs(short - exact) <= Math.abs(exact) * 1e-15 ? short : exact
}
