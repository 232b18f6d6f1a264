import { ActionIcon, Autocomplete, Button, Fieldset, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { operatorWords, pointersIn, type EventFilter, type Operator } from './event-filter.ts'
import { FilterTrial } from './filter-trial.tsx'
import { eventTypesQuery } from './queries.ts'

/** One condition as it is typed: its value is still text. */
export interface FilterRow {
  readonly pointer: string
  readonly operator: Operator
  readonly value: string
}

interface FilterFieldsProps {
  readonly rows: readonly FilterRow[]
  readonly onChange: (rows: FilterRow[]) => void
  readonly eventTypes: readonly string[]
  readonly errorAt: (pointer: string) => string | undefined
}

const operators = Object.entries(operatorWords).map(([value, label]) => ({ value, label }))

/** Conditions on the event that must all hold; tried on what happened lately. */
export function FilterFields({ rows, onChange, eventTypes, errorAt }: FilterFieldsProps) {
  const { data: catalogue = [] } = useQuery(eventTypesQuery)
  const chosen = catalogue.filter(({ type }) => eventTypes.includes('*') || eventTypes.includes(type))
  const places = [...new Set(chosen.flatMap(({ example }) => pointersIn(example)))].filter((place) =>
    place.startsWith('/data'),
  )
  const set = (index: number, change: Partial<FilterRow>) =>
    onChange(rows.map((row, at) => (at === index ? { ...row, ...change } : row)))
  return (
    <Fieldset legend="Only some events">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          Without a condition, every event of the chosen types is sent. With several, all must hold.
        </Text>
        {rows.map(({ pointer, operator, value }, index) => (
          <Group key={index} gap="xs" align="flex-end" role="group" aria-label={`Condition ${index + 1}`}>
            <Autocomplete
              label="Field"
              placeholder="/data/total/amount"
              data={places}
              limit={20}
              required
              flex="2 1 200px"
              value={pointer}
              onChange={(next) => set(index, { pointer: next })}
              error={errorAt(`/filter/${pointer.replaceAll('~', '~0').replaceAll('/', '~1')}`)}
            />
            <Select
              label="Condition"
              data={operators}
              allowDeselect={false}
              w={130}
              value={operator}
              onChange={(next) => next && set(index, { operator: next as Operator })}
            />
            <TextInput
              label={operator === 'in' ? 'Values, by commas' : operator === 'exists' ? 'true or false' : 'Value'}
              required
              flex="1 1 120px"
              value={value}
              onChange={(event) => set(index, { value: event.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              color="red"
              size="lg"
              aria-label={`Remove condition ${index + 1}`}
              onClick={() => onChange(rows.filter((_row, at) => at !== index))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <Button
          variant="default"
          size="xs"
          style={{ alignSelf: 'start' }}
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange([...rows, { pointer: '', operator: 'equals', value: '' }])}
        >
          Add a condition
        </Button>
        {rows.length > 0 && <FilterTrial filter={filterOf(rows)} types={chosen} />}
      </Stack>
    </Fieldset>
  )
}

export const filterOf = (rows: readonly FilterRow[]): EventFilter => {
  const filter: Record<string, Record<string, unknown>> = {}
  for (const { pointer, operator, value } of rows) {
    if (pointer) (filter[pointer] ??= {})[operator] = operandOf(operator, value)
  }
  return filter as EventFilter
}

export const rowsOf = (filter: EventFilter = {}): FilterRow[] =>
  Object.entries(filter).flatMap(([pointer, condition]) =>
    Object.entries(condition).map(([operator, operand]) => ({
      pointer,
      operator: operator as Operator,
      value: Array.isArray(operand) ? operand.join(', ') : String(operand),
    })),
  )

function operandOf(operator: Operator, text: string): unknown {
  if (operator === 'in') return text.split(',').map((part) => plain(part.trim()))
  return operator === 'startsWith' ? text : plain(text)
}

/** Numbers, `true`, `false` and `null` are taken as such, all else as text. */
function plain(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'null') return null
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}
