import { readFileSync } from 'node:fs'
import type { ReceivedMetric } from '@cartly/telemetry/testing'

const file = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

interface Panel {
  readonly targets?: readonly { readonly expr: string }[]
}

/** Every name of a metric or a label in what the dashboard and the alerts ask Prometheus. */
export function namesAskedFor(): Set<string> {
  const { panels } = JSON.parse(file('deploy/grafana/engine.json')) as { panels: Panel[] }
  const asked = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
  const text = [...asked, file('deploy/prometheus/alerts.yaml')].join('\n')
  return new Set(text.match(/\b(?:cartly|error|http|messaging)_\w+/g))
}

/** The names that docs/telemetry.md gives, as Prometheus has them. */
export function namesDocumented(): Set<string> {
  const names = new Set<string>()
  for (const row of file('docs/telemetry.md').matchAll(/^\| `([a-z._]+)` +\| (\S.*?) +\| (\S+) +\|(.*)$/gm)) {
    const [, name, type, unit, attributes] = row as unknown as [string, string, string, string, string]
    const kind = ({ counter: 'sum', gauge: 'gauge', histogram: 'histogram', 'up-down counter': 'up-down' } as const)[
      type
    ]
    if (!kind) continue
    for (const known of prometheusNames({ name, unit, kind })) names.add(known)
    for (const [, attribute] of attributes.matchAll(/`([a-z._]+)`/g)) names.add(attribute!.replaceAll('.', '_'))
  }
  return names
}

/**
 * How Prometheus names what comes over OTLP.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */
export function prometheusNames({ name, unit, kind }: Pick<ReceivedMetric, 'name' | 'unit' | 'kind'>): string[] {
  const base = name.replaceAll('.', '_') + (unit === 's' ? '_seconds' : '')
  if (kind === 'histogram') return [`${base}_bucket`, `${base}_count`, `${base}_sum`]
  return [kind === 'sum' ? `${base}_total` : base]
}
