import { Checkbox, SimpleGrid, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { JsonView } from '../json/json-view.tsx'
import { Disclosure } from '../ui/disclosure.tsx'
import { Read } from '../ui/read.tsx'
import { eventTypesQuery, type EventType } from './queries.ts'

interface EventChoiceProps {
  readonly value: readonly string[]
  readonly onChange: (value: string[]) => void
  readonly error?: string | undefined
}

/** What an endpoint is told of: everything, or some types, each with its schema and an example. */
export function EventChoice({ value, onChange, error }: EventChoiceProps) {
  const types = useQuery(eventTypesQuery)
  const all = value.includes('*')
  return (
    <Read query={types} what="the event types">
      {(catalogue) => (
        <Checkbox.Group
          label="Events"
          description="What it is told of."
          withAsterisk
          error={error}
          value={[...value]}
          onChange={(next) =>
            onChange(
              next.includes('*') && !all ? ['*'] : next.filter((type) => type !== '*' || !all || next.length === 1),
            )
          }
        >
          <Stack gap="xs" mt="xs">
            <Checkbox value="*" label="Everything, also types that are added later" />
            <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="sm">
              {catalogue.map(({ type, description }) => (
                <Checkbox key={type} value={type} label={type} description={description} disabled={all} />
              ))}
            </SimpleGrid>
            <Disclosure label="What they look like">
              <Stack>
                {catalogue
                  .filter(({ type }) => all || value.includes(type))
                  .map((type) => (
                    <EventTypeDetail key={type.type} type={type} />
                  ))}
              </Stack>
            </Disclosure>
          </Stack>
        </Checkbox.Group>
      )}
    </Read>
  )
}

/** An event type, as its receiver gets to know it. */
export function EventTypeDetail({ type: { type, schema, example } }: { type: EventType }) {
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        {type}
      </Text>
      <JsonView label="Example" value={example} />
      <Disclosure label="Schema">
        <JsonView label={`JSON Schema of ${type}`} value={schema} />
      </Disclosure>
    </Stack>
  )
}
