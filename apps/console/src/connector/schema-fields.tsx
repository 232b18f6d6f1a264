import {
  ActionIcon,
  Button,
  Fieldset,
  Group,
  NumberInput,
  Select,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import type { JsonSchema } from '../integrations/use-service.ts'
import { JsonEditor } from '../json/json-editor.tsx'

interface SchemaFieldsProps {
  /** Of an object. */
  readonly schema: JsonSchema
  readonly value: Record<string, unknown>
  readonly onChange: (value: Record<string, unknown>) => void
  /** Where this object is, as a JSON Pointer. */
  readonly pointer: string
  readonly errorAt: (pointer: string) => string | undefined
}

/** A form for an object, from its JSON Schema. An empty field is left out of the object. */
export function SchemaFields({ schema, value, onChange, pointer, errorAt }: SchemaFieldsProps) {
  const set = (name: string, next: unknown) => {
    const { [name]: _, ...rest } = value
    onChange(next === undefined ? rest : { ...rest, [name]: next })
  }
  return Object.entries(schema.properties ?? {}).map(([name, property]) => (
    <SchemaField
      key={name}
      schema={property}
      label={property.title ?? wordsOf(name)}
      required={schema.required?.includes(name) ?? false}
      value={value[name]}
      onChange={(next) => set(name, next)}
      pointer={`${pointer}/${name}`}
      errorAt={errorAt}
    />
  ))
}

interface SchemaFieldProps {
  readonly schema: JsonSchema
  readonly label: string
  readonly required: boolean
  readonly value: unknown
  readonly onChange: (value: unknown) => void
  readonly pointer: string
  readonly errorAt: (pointer: string) => string | undefined
}

function SchemaField({ schema, label, required, value, onChange, pointer, errorAt }: SchemaFieldProps) {
  const common = {
    label,
    required,
    error: errorAt(pointer),
    ...(schema.description ? { description: schema.description } : {}),
  }
  const standard = schema.default === undefined ? undefined : `${String(schema.default)} (default)`
  if (schema.enum) {
    return (
      <Select
        {...common}
        data={schema.enum.map(String)}
        value={value === undefined ? null : String(value)}
        placeholder={standard}
        clearable={!required}
        onChange={(text) => onChange(schema.enum?.find((option) => String(option) === text))}
        comboboxProps={{ withinPortal: true }}
      />
    )
  }
  switch (kindOf(schema)) {
    case 'boolean':
      return (
        <Switch
          label={label}
          description={schema.description}
          error={errorAt(pointer)}
          checked={Boolean(value ?? schema.default)}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      )
    case 'number':
      return (
        <NumberInput
          {...common}
          {...(schema.minimum === undefined ? {} : { min: schema.minimum })}
          {...(schema.maximum === undefined ? {} : { max: schema.maximum })}
          allowDecimal={schema.type === 'number'}
          placeholder={standard}
          value={typeof value === 'number' ? value : ''}
          onChange={(next) => onChange(next === '' ? undefined : Number(next))}
        />
      )
    case 'texts':
      return (
        <TagsInput
          {...common}
          value={Array.isArray(value) ? value.map(String) : []}
          maxTags={schema.maxItems ?? Infinity}
          placeholder="Type one and press Enter"
          onChange={(texts) => onChange(texts.length > 0 ? texts : undefined)}
        />
      )
    case 'objects':
      return <Rows {...{ schema, label, value, onChange, pointer, errorAt }} />
    case 'object':
      return (
        <Fieldset legend={label}>
          <Stack>
            <SchemaFields
              schema={schema}
              value={(value ?? {}) as Record<string, unknown>}
              onChange={onChange}
              pointer={pointer}
              errorAt={errorAt}
            />
          </Stack>
        </Fieldset>
      )
    case 'text':
      return (
        <TextInput
          {...common}
          value={typeof value === 'string' ? value : ''}
          placeholder={standard}
          type={schema.format === 'uri' ? 'url' : schema.format === 'email' ? 'email' : 'text'}
          {...(schema.pattern ? { pattern: schema.pattern } : {})}
          {...(schema.maxLength ? { maxLength: schema.maxLength } : {})}
          onChange={(event) => onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
        />
      )
    case 'json':
      return (
        <div>
          <Text size="sm" fw={500}>
            {label}
          </Text>
          <JsonEditor label={label} value={value ?? null} onChange={onChange} schema={schema} minHeight={120} />
        </div>
      )
  }
}

/** A list of objects: one group of fields each. */
function Rows({ schema, label, value, onChange, pointer, errorAt }: Omit<SchemaFieldProps, 'required'>) {
  const rows = Array.isArray(value) ? (value as Record<string, unknown>[]) : []
  const set = (next: Record<string, unknown>[]) => onChange(next.length > 0 ? next : undefined)
  return (
    <Fieldset legend={label}>
      <Stack>
        {schema.description && (
          <Text size="sm" c="dimmed">
            {schema.description}
          </Text>
        )}
        {rows.map((row, index) => (
          <Group key={index} align="flex-end" wrap="wrap" role="group" aria-label={`${label}, ${index + 1}`}>
            <SchemaFields
              schema={schema.items ?? {}}
              value={row}
              onChange={(next) => set(rows.with(index, next))}
              pointer={`${pointer}/${index}`}
              errorAt={errorAt}
            />
            <ActionIcon
              variant="subtle"
              color="red"
              size="lg"
              aria-label={`Remove ${label.toLowerCase()}, ${index + 1}`}
              onClick={() => set(rows.toSpliced(index, 1))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        {rows.length < (schema.maxItems ?? Infinity) && (
          <Button
            variant="default"
            size="xs"
            style={{ alignSelf: 'start' }}
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => set([...rows, {}])}
          >
            Add
          </Button>
        )}
      </Stack>
    </Fieldset>
  )
}

type Kind = 'boolean' | 'number' | 'text' | 'texts' | 'object' | 'objects' | 'json'

function kindOf({ type, items, properties }: JsonSchema): Kind {
  if (type === 'boolean') return 'boolean'
  if (type === 'integer' || type === 'number') return 'number'
  if (type === 'string') return 'text'
  if (type === 'array' && items?.type === 'string') return 'texts'
  if (type === 'array' && items?.type === 'object') return 'objects'
  return type === 'object' && properties ? 'object' : 'json'
}

/** `labelFormat` as "Label format". */
const wordsOf = (name: string): string => {
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}
