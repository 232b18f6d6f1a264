import { Group, SimpleGrid, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { connectorStatsQuery, type Connector, type ConnectorStats } from '../integrations/queries.ts'
import type { Service } from '../integrations/use-service.ts'
import { useStoreId } from '../shell/use-store-id.ts'
import { Facts } from '../ui/facts.tsx'
import { TOO_FEW } from '../ui/health.tsx'
import { Metrics } from '../ui/metric.tsx'
import { count, duration, share } from '../ui/quantities.ts'
import { Read } from '../ui/read.tsx'
import { Section } from '../ui/section.tsx'
import { Shares } from '../ui/shares.tsx'
import { StatsCharts } from '../ui/stats-charts.tsx'
import { WindowChoice, type Window } from '../ui/window-choice.tsx'
import { errorClassWords } from '../execution/error-words.ts'
import { ExecutionList } from './execution-list.tsx'
import { sourceWords } from './source-words.ts'

function circuitWords({ circuit, retryAt }: Pick<ConnectorStats, 'circuit' | 'retryAt'>): string {
  switch (circuit) {
    case 'closed':
      return 'Closed: calls go through'
    case 'half_open':
      return 'Half open: one call is let through to try'
    case 'open':
      return `Open: calls are held back${retryAt ? ` until ${new Date(retryAt).toLocaleTimeString()}` : ' for now'}`
    case undefined:
      return 'Not known just now'
  }
}

/** How a connector does: figures, charts, and its recent runs. */
export default function OverviewTab({ connector, service }: { connector: Connector; service: Service }) {
  const storeId = useStoreId()
  const [window, setWindow] = useState<Window>('24h')
  const stats = useQuery(connectorStatsQuery(storeId, connector.id, window))
  return (
    <Stack gap="lg">
      <Group justify="flex-end">
        <WindowChoice value={window} onChange={setWindow} />
      </Group>
      <Read query={stats} what="the figures">
        {(figures) => (
          <>
            <Metrics
              label="Figures of the period"
              values={[
                {
                  label: 'Success',
                  value: share(figures.successRate),
                  note: `${count(figures.failed)} failed`,
                  bad: (figures.successRate ?? 1) < TOO_FEW,
                },
                { label: 'Runs', value: count(figures.total) },
                { label: 'p50', value: duration(figures.latencyMs.p50) },
                { label: 'p95', value: duration(figures.latencyMs.p95) },
                { label: 'p99', value: duration(figures.latencyMs.p99) },
              ]}
            />
            <StatsCharts stats={figures} what="Runs" />
            <SimpleGrid cols={{ base: 1, sm: 2, md: 3 }}>
              <Section title="Where answers came from">
                <Shares
                  empty="No answers in this period."
                  parts={Object.entries(figures.bySource).map(([source, number]) => ({
                    ...(sourceWords[source] ?? { label: source, color: 'gray' }),
                    number,
                  }))}
                />
              </Section>
              <Section title="Why runs failed">
                <Shares
                  empty="Nothing failed in this period."
                  parts={Object.entries(figures.byErrorClass).map(([name, number]) => ({
                    ...(errorClassWords[name as keyof typeof errorClassWords] ?? { label: name, color: 'gray' }),
                    number,
                  }))}
                />
              </Section>
              <Section title="Protection">
                <Facts
                  facts={[
                    ['Circuit breaker', circuitWords(figures)],
                    ...(figures.rateLimit
                      ? [
                          [
                            'Left of the limit',
                            `${count(figures.rateLimit.remaining)} of ${count(figures.rateLimit.limit)} requests`,
                          ] as const,
                        ]
                      : []),
                    ...service.rateLimits
                      .filter(({ test }) => !test)
                      .map(
                        ({ requests, perSeconds, methods }) =>
                          [
                            methods?.join(', ') ?? 'All requests',
                            `at most ${count(requests)} in ${duration(perSeconds * 1_000)}`,
                          ] as const,
                      ),
                  ]}
                />
              </Section>
            </SimpleGrid>
          </>
        )}
      </Read>
      <ExecutionList connector={connector} />
    </Stack>
  )
}
