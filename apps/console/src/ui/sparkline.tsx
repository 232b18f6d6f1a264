import type { Schemas } from '../api/client.ts'

type Hour = NonNullable<Schemas['Connector']['health']>['hours'][number]

const WIDTH = 120
const HEIGHT = 28
const GAP = 1
const HOURS = 24
const HOUR_MS = 3_600_000

/** How much happened in each of the last 24 hours, and how much of it failed. Figures beside it say the same in words. */
export function Sparkline({ hours }: { hours: readonly Hour[] }) {
  const known = new Map(hours.map((hour) => [Date.parse(hour.at), hour]))
  const last = Math.floor(Date.now() / HOUR_MS) * HOUR_MS
  const most = Math.max(1, ...hours.map(({ total }) => total))
  const width = WIDTH / HOURS
  const high = (value: number) => (value === 0 ? 0 : Math.max(1.5, (value / most) * HEIGHT))
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden preserveAspectRatio="none">
      {Array.from({ length: HOURS }, (_, index) => {
        const { total, failed } = known.get(last - (HOURS - 1 - index) * HOUR_MS) ?? { total: 0, failed: 0 }
        const bar = { x: index * width, width: width - GAP }
        return (
          <g key={index}>
            <rect {...bar} y={HEIGHT - high(total)} height={high(total)} fill="var(--mantine-color-brand-4)" />
            <rect {...bar} y={HEIGHT - high(failed)} height={high(failed)} fill="var(--mantine-color-red-6)" />
          </g>
        )
      })}
      <line x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} stroke="var(--mantine-color-default-border)" />
    </svg>
  )
}
