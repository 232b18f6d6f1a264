import '@mantine/charts/styles.css'
import { BarChart, LineChart } from '@mantine/charts'
import { SimpleGrid } from '@mantine/core'
import type { Schemas } from '../api/client.ts'
import { fillSeries } from './fill-series.ts'
import { count, duration } from './quantities.ts'
import { Section } from './section.tsx'

type Stats = Schemas['Stats']

const HEIGHT = 220

/** Volume and response times over the window. What the pictures show is also said by the figures above them. */
export function StatsCharts({ stats, what }: { stats: Stats; what: string }) {
  const long = stats.window === '7d' || stats.window === '30d'
  const label = (at: string) =>
    new Date(at).toLocaleString(
      'en-GB',
      long ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' },
    )
  const data = fillSeries(stats.series, stats.window, Date.now()).map(({ at, total, failed, p50, p95 }) => ({
    at: label(at),
    Succeeded: total - failed,
    Failed: failed,
    p50,
    p95,
  }))
  const common = { data, dataKey: 'at', h: HEIGHT, withLegend: true, tickLine: 'none' } as const
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Section title={`${what} over time`}>
        <div role="img" aria-label={`${count(stats.succeeded)} succeeded and ${count(stats.failed)} failed`}>
          <BarChart
            {...common}
            type="stacked"
            series={[
              { name: 'Succeeded', color: 'brand.5' },
              { name: 'Failed', color: 'red.6' },
            ]}
            valueFormatter={count}
            yAxisProps={{ allowDecimals: false }}
            legendProps={{ itemSorter: null }}
          />
        </div>
      </Section>
      <Section title="Response time">
        <div
          role="img"
          aria-label={`Half within ${duration(stats.latencyMs.p50)}, 95 % within ${duration(stats.latencyMs.p95)}`}
        >
          <LineChart
            {...common}
            connectNulls
            curveType="monotone"
            withDots={stats.series.length < 30}
            dotProps={{ r: 2.5 }}
            series={[
              { name: 'p50', label: 'Half within (p50)', color: 'brand.5' },
              { name: 'p95', label: '95 % within (p95)', color: 'violet.5' },
            ]}
            valueFormatter={duration}
          />
        </div>
      </Section>
    </SimpleGrid>
  )
}
