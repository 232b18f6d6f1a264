/** One unit in grams; the avoirdupois pound is 453.59237 g exactly (international yard and pound agreement, 1959). */
export const gramsPer = { g: 1, kg: 1000, oz: 28.349523125, lb: 453.59237 } as const
/** One unit in millimetres; the inch is 25.4 mm exactly. */
export const millimetresPer = { mm: 1, cm: 10, in: 25.4 } as const

export type WeightUnit = keyof typeof gramsPer
export type LengthUnit = keyof typeof millimetresPer

/** Converts and drops the last digits, where binary fractions leave their dust: 12 significant ones stay. */
export const convert = (value: number, from: number, to: number): number =>
  from === to ? value : Number(((value * from) / to).toPrecision(12))
