import { Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { MappingTrial } from '../mapping/mapping-trial.tsx'
import { eventTypesQuery } from './queries.ts'

interface OwnBodyProps {
  /** The rules that make the body's `data`; nothing for the event's own. */
  readonly value: unknown
  readonly onChange: (mapping: unknown) => void
  readonly onValid: (valid: boolean) => void
  readonly eventTypes: readonly string[]
}

/** A form of the receiver's own for what is sent, tried on the example of an event it is told of. */
export function OwnBody({ value, onChange, onValid, eventTypes }: OwnBodyProps) {
  const { data: types = [] } = useQuery(eventTypesQuery)
  const [input, setInput] = useState<unknown>()
  const example = (types.find(({ type }) => eventTypes.includes(type)) ?? types[0])?.example
  return (
    <>
      <Switch
        label="Send data in a form of your own"
        description="A mapping makes it from the event. Without one, the event's data are sent as they are."
        checked={value !== undefined}
        onChange={({ currentTarget }) => onChange(currentTarget.checked ? beginning : undefined)}
      />
      {value !== undefined && (
        <MappingTrial
          name="the body"
          input={input ?? example ?? {}}
          onInput={setInput}
          rules={value}
          onRules={onChange}
          onValid={onValid}
        />
      )}
    </>
  )
}

const beginning = { id: { $: 'input.data.id' } }
