import type { Schemas } from '../api/client.ts'
import { fillSeries } from './fill-series.ts'

const WIDTH = 120
const HEIGHT = 28
const GAP = 1

/** How much happened, and how much of it failed, as small bars. Figures beside it say the same in words. */
export function Sparkline({ stats }: { stats: Schemas['Stats'] }) {
  const points = fillSeries(stats.series, stats.window, Date.now())
  const most = Math.max(1, ...points.map(({ total }) => total))
  const width = WIDTH / Math.max(1, points.length)
  const high = (value: number) => (value === 0 ? 0 : Math.max(1.5, (value / most) * HEIGHT))
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden preserveAspectRatio="none">
      {points.map(({ total, failed }, index) => {
        const bar = { x: index * width, width: Math.max(0.5, width - GAP) }
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
