import { Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Execution } from '../integrations/queries.ts'
import { JsonView } from '../json/json-view.tsx'
import { Disclosure } from '../ui/disclosure.tsx'
import { duration } from '../ui/quantities.ts'
import { StatusBadge } from '../ui/status.tsx'
import { AttemptLine, RequestView, ResponseView } from './attempt-detail.tsx'
import { itemsOf, type Attempt } from './step-items.ts'

type Step = Execution['steps'][number]
type Body = NonNullable<Step['input']>

interface StepDetailProps {
  readonly step: Step
  readonly opened: boolean
  /** Said above already; not said again. */
  readonly said: string | undefined
}

/** A step: what its rules were given and what they made of it, what came back and what was made of that. */
export function StepDetail({ step, opened, said }: StepDetailProps) {
  const { id, status, durationMs, attempts, input, output, error } = step
  return (
    <section id={`step-${id}`} aria-labelledby={`step-${id}-title`}>
      <Group gap="xs" mb={4}>
        <Title order={3} size="h5" id={`step-${id}-title`} ff="monospace">
          {id}
        </Title>
        <StatusBadge status={status} />
        {status !== 'skipped' && (
          <Text size="sm" c="dimmed">
            {duration(durationMs)}
            {attempts.length > 1 && `, ${attempts.length} requests`}
          </Text>
        )}
      </Group>
      {error && error.message !== said && (
        <Text size="sm" c="red">
          {error.message}
        </Text>
      )}
      {(attempts.length > 0 || input || output) && (
        <Disclosure
          label={attempts.length > 0 ? 'What was sent and what came back' : 'What it was given'}
          opened={opened}
        >
          <Exchange step={step} />
        </Disclosure>
      )}
    </section>
  )
}

/** Input → request, response → output, side by side; of a step that asks for several things, request and response of each. */
function Exchange({ step: { id, attempts, input, output, error } }: { step: Step }) {
  const items = itemsOf(attempts)
  const [only] = items
  const given = input && <Kept label={`Input: what ${id} was given`} body={input} />
  const made = output && <Kept label="Output: what was made of it" body={output} />
  if (items.length > 1) {
    return (
      <Stack>
        {given}
        {items.map((item) => (
          <Stack key={item.index ?? 0} gap="xs" component="section" aria-label={nameOf(item)}>
            <Title order={4} size="h6">
              {nameOf(item)}
            </Title>
            <Earlier attempts={item.earlier} />
            <AttemptLine attempt={item.last} said={error?.message} />
            <Pair one={<RequestView attempt={item.last} />} other={<ResponseView attempt={item.last} />} />
          </Stack>
        ))}
        {made}
      </Stack>
    )
  }
  return (
    <Stack gap="xs">
      {only && <Earlier attempts={only.earlier} />}
      {only && <AttemptLine attempt={only.last} said={error?.message} />}
      <Pair one={given} other={only && <RequestView attempt={only.last} />} />
      <Pair one={only && <ResponseView attempt={only.last} />} other={made} />
    </Stack>
  )
}

const nameOf = ({ index }: { index: number | undefined }): string => `Item ${(index ?? 0) + 1}`

/** One beside the other where there is room; alone, the whole width. */
function Pair({ one, other }: { one: ReactNode; other: ReactNode }) {
  if (!one || !other) return one || other
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xs">
      {one}
      {other}
    </SimpleGrid>
  )
}

/** The attempts that another followed. */
function Earlier({ attempts }: { attempts: readonly Attempt[] }) {
  return attempts.map((attempt) => (
    <Disclosure key={attempt.attempt} label={`Attempt ${attempt.attempt}, which was tried again`}>
      <Stack gap="xs">
        <AttemptLine attempt={attempt} />
        <Pair one={<RequestView attempt={attempt} />} other={<ResponseView attempt={attempt} />} />
      </Stack>
    </Disclosure>
  ))
}

const Kept = ({ label, body }: { label: string; body: Body }) => (
  <JsonView label={body.truncated ? `${label} (its beginning)` : label} value={body.content} />
)
