import { Anchor, Badge, Code, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation } from 'react-router'
import { sourceWords } from '../connector/source-words.ts'
import { connectorQuery, executionQuery, type Execution } from '../integrations/queries.ts'
import { JsonView } from '../json/json-view.tsx'
import { usePart, useStoreId } from '../shell/use-store-id.ts'
import { Copy } from '../ui/copy.tsx'
import { Facts } from '../ui/facts.tsx'
import { Moment } from '../ui/moment.tsx'
import { Page } from '../ui/page.tsx'
import { duration } from '../ui/quantities.ts'
import { Read } from '../ui/read.tsx'
import { Section } from '../ui/section.tsx'
import { StatusBadge } from '../ui/status.tsx'
import { ErrorExplained } from './error-explained.tsx'
import { justRun, untilRecorded } from './just-run.ts'
import { Replay } from './replay.tsx'
import { runWords } from './run-words.ts'
import { StepDetail } from './step-detail.tsx'
import { TraceLink } from './trace-link.tsx'
import { Waterfall } from './waterfall.tsx'

/** One run of a hook: what became of it, each step, and what to do if it failed. */
export function Component() {
  const storeId = useStoreId()
  const fresh = useLocation().state === justRun
  const execution = useQuery({ ...executionQuery(storeId, usePart('executionId')), ...(fresh ? untilRecorded : {}) })
  return (
    <Read query={execution} what="the run">
      {(run) => <ExecutionPage key={run.id} run={run} />}
    </Read>
  )
}

const triggers: Record<Execution['trigger'], string> = {
  invoke: 'asked for by your store',
  event: 'an event in your store',
  test: 'a test',
  replay: 'run again by hand',
}

function ExecutionPage({ run }: { run: Execution }) {
  const storeId = useStoreId()
  const connector = useQuery(connectorQuery(storeId, run.connectorId))
  const name = connector.data?.name ?? 'Connector'
  const address = `/stores/${storeId}/integrations/${run.connectorId}`
  const source = sourceWords[run.source]
  return (
    <Page
      title={runWords(run)}
      badge={
        <>
          <StatusBadge status={run.status} />
          {run.source !== 'live' && source && (
            <Badge variant="light" color={source.color} tt="none">
              {source.label}
            </Badge>
          )}
        </>
      }
      crumbs={[
        { label: 'Integrations', to: `/stores/${storeId}/integrations` },
        { label: name, to: address },
      ]}
      description={
        <>
          <Moment at={run.startedAt} />, took {duration(run.durationMs)}
        </>
      }
      actions={run.trigger === 'test' ? undefined : <Replay run={run} />}
    >
      {run.error && <ErrorExplained run={run} name={name} />}
      <Section
        title="Steps"
        description={`Within ${duration(run.deadlineMs)}. Each bar is a step; what is dark in it are its requests.`}
      >
        {run.steps.length > 0 ? (
          <Waterfall run={run} />
        ) : (
          <Text c="dimmed" size="sm">
            No request was made{source ? `: ${source.label.toLowerCase()}.` : '.'}
          </Text>
        )}
        <Stack gap="xs">
          {run.steps.map((step) => (
            <StepDetail
              key={step.id}
              step={step}
              opened={step.status === 'failed' || run.steps.length === 1}
              said={run.error?.message}
            />
          ))}
        </Stack>
      </Section>
      <Section title="In and out">
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <JsonView label={run.input.truncated ? 'Input (its beginning)' : 'Input'} value={run.input.content} />
          {run.output ? (
            <JsonView label={run.output.truncated ? 'Output (its beginning)' : 'Output'} value={run.output.content} />
          ) : (
            <Text c="dimmed" size="sm">
              There is no output.
            </Text>
          )}
        </SimpleGrid>
      </Section>
      <Section title="About this run">
        <Facts
          facts={[
            ['Run', <Identifier key="run" value={run.id} what="run ID" />],
            ['Set off by', triggers[run.trigger]],
            ...(run.eventId
              ? ([['Event', <Identifier key="event" value={run.eventId} what="event ID" />]] as const)
              : []),
            ...(run.replayOf
              ? ([
                  [
                    'Repeats',
                    <Anchor key="of" component={Link} to={`/stores/${storeId}/executions/${run.replayOf}`} inherit>
                      {run.replayOf}
                    </Anchor>,
                  ],
                ] as const)
              : []),
            [
              'Configuration',
              `revision ${run.connectorRevision}${run.templateVersion ? `, template ${run.templateVersion}` : ''}`,
            ],
            ...(run.traceId ? ([['Trace', <TraceLink key="trace" traceId={run.traceId} />]] as const) : []),
          ]}
        />
      </Section>
    </Page>
  )
}

const Identifier = ({ value, what }: { value: string; what: string }) => (
  <Group gap={4}>
    <Code>{value}</Code>
    <Copy value={value} what={what} />
  </Group>
)
