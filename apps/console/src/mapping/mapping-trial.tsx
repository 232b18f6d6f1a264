import { Alert, Group, SegmentedControl, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import templateSchema from '#template-schema'
import { useMemo, useState, type ReactNode } from 'react'
import { answered, api } from '../api/client.ts'
import type { JsonSchema } from '../integrations/use-service.ts'
import { JsonEditor } from '../json/json-editor.tsx'
import { JsonView } from '../json/json-view.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'

/** What is typed is tried out once the typing pauses. */
const PAUSE_MS = 250
/** Of each of the three columns, in pixels. */
const HEIGHT = 460

const { $defs } = templateSchema as unknown as { $defs: Record<string, JsonSchema> }
const ruleSchema: JsonSchema = { $ref: '#/$defs/rule', $defs }

interface MappingTrialProps {
  /** What the rules are called. */
  readonly name: string
  /** Every mapping of the service, by name, for `$apply` to use. */
  readonly mappings?: Readonly<Record<string, unknown>>
  readonly input: unknown
  readonly onInput: (input: unknown) => void
  readonly rules: unknown
  readonly onRules: (rules: unknown) => void
  readonly onValid: (valid: boolean) => void
  /** What was wrong when they were saved, by JSON Pointers into the rules. */
  readonly refused?: readonly { readonly pointer: string; readonly message: string }[]
  readonly readOnly?: boolean
}

const none = {}

type Direction = 'forward' | 'backward'

const directions: { value: Direction; label: string }[] = [
  { value: 'forward', label: 'Forwards' },
  { value: 'backward', label: 'Backwards' },
]

/**
 * An example on the left, the rules in the middle, what they make of it on the right; errors at their place. Backwards,
 * the example is what the rules have written, and what comes of it what they had read.
 */
export function MappingTrial(props: MappingTrialProps) {
  const { name, mappings = none, input, onInput, rules, onRules, onValid, refused, readOnly } = props
  const [direction, setDirection] = useState<Direction>('forward')
  const [written, setWritten] = useState<unknown>()
  const backward = direction === 'backward'
  const read = backward ? written : input
  const typed = useMemo(
    () => ({ mapping: rules, mappings, direction, input: read }),
    [rules, mappings, direction, read],
  )
  const [asked] = useDebouncedValue(typed, PAUSE_MS)
  const preview = useQuery({
    queryKey: ['mapping-preview', asked],
    queryFn: () => answered(api.POST('/v1/mappings/preview', { body: asked })),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  })
  const found = preview.data?.error
  const errors = useMemo(() => [...(found ? [found] : []), ...(refused ?? [])], [found, refused])
  const turn = (to: Direction): void => {
    if (to === 'backward') setWritten(preview.data?.output ?? {})
    setDirection(to)
  }
  return (
    <SimpleGrid cols={{ base: 1, md: 3 }}>
      <Column
        title="Example"
        beside={
          <SegmentedControl
            size="xs"
            aria-label="Direction"
            data={directions}
            value={direction}
            onChange={(value) => turn(value as Direction)}
          />
        }
      >
        <JsonEditor
          key={direction}
          label={backward ? 'Example of what was written' : 'Example input'}
          value={read}
          onChange={backward ? setWritten : onInput}
          minHeight={HEIGHT}
          maxHeight={HEIGHT}
        />
      </Column>
      <Column title="Mapping">
        <JsonEditor
          label={`Rules of ${name}`}
          value={rules}
          onChange={onRules}
          onValid={onValid}
          schema={ruleSchema}
          errors={errors}
          minHeight={HEIGHT}
          maxHeight={HEIGHT}
          readOnly={readOnly ?? false}
        />
      </Column>
      <Column title="Result">
        <div aria-live="polite">
          {preview.error ? (
            <ProblemAlert error={preview.error} title="It could not be tried" />
          ) : found ? (
            <Alert
              color="red"
              title={backward ? 'These rules cannot be read backwards here' : 'These rules do not work on this example'}
            >
              <Text size="sm">{found.message}</Text>
              <Text size="xs" c="dimmed">
                at {found.pointer || 'the top'}
              </Text>
            </Alert>
          ) : (
            preview.data && (
              <JsonView
                label="What comes of it"
                value={preview.data.output === undefined ? '(nothing)' : preview.data.output}
                maxHeight={HEIGHT}
              />
            )
          )}
        </div>
      </Column>
    </SimpleGrid>
  )
}

const Column = ({ title, beside, children }: { title: string; beside?: ReactNode; children: ReactNode }) => (
  <Stack component="section" gap="xs" miw={0} aria-label={title}>
    <Group justify="space-between" h={30}>
      <Title order={2} size="h5">
        {title}
      </Title>
      {beside}
    </Group>
    {children}
  </Stack>
)
