const whole = new Intl.NumberFormat('en')
const tenths = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

export const count = (value: number): string => (value < 10_000 ? whole.format(value) : compact.format(value))

/** "84 ms", "1.2 s", "3 min"; a dash for nothing. */
export function duration(milliseconds: number | null | undefined): string {
  if (milliseconds === null || milliseconds === undefined) return '–'
  if (milliseconds > 0 && milliseconds < 1) return '< 1 ms'
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 60_000) return `${tenths.format(milliseconds / 1_000)} s`
  if (milliseconds < 5_400_000) return `${Math.round(milliseconds / 60_000)} min`
  return `${tenths.format(milliseconds / 3_600_000)} h`
}

/** A share of 0 to 1 in per cent: 100 % only when it is all. */
export function share(value: number | null): string {
  if (value === null) return '–'
  const percent = value * 100
  return `${percent === 100 || percent === 0 ? percent : Math.min(percent, 99.9).toFixed(1)} %`
}
