import { Button, Group, NumberInput, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { ApiError } from '../api/api-error.ts'
import { Disclosure } from '../ui/disclosure.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { EventChoice } from './event-choice.tsx'
import { FilterFields, filterOf, rowsOf } from './filter-fields.tsx'
import { headersIn, headersText, secondsIn, secondsText } from './form-texts.ts'
import { OwnBody } from './own-body.tsx'
import type { WebhookConfig } from './queries.ts'

interface WebhookFormProps {
  readonly config?: WebhookConfig
  readonly submit: string
  readonly saving: boolean
  readonly error: ApiError | null
  readonly onSubmit: (config: WebhookConfig) => void
}

/** Everything about an endpoint that its owner may set. What is left empty keeps its default. */
export function WebhookForm({ config, submit, saving, error, onSubmit }: WebhookFormProps) {
  const [url, setUrl] = useState(config?.url ?? '')
  const [description, setDescription] = useState(config?.description ?? '')
  const [eventTypes, setEventTypes] = useState<string[]>(config?.eventTypes ?? ['*'])
  const [rows, setRows] = useState(rowsOf(config?.filter))
  const [format, setFormat] = useState(config?.format ?? 'standard')
  const [signature, setSignature] = useState(config?.signature ?? 'v1')
  const [ordering, setOrdering] = useState(config?.ordering ?? 'none')
  const [rate, setRate] = useState<number | ''>(config?.rateLimitPerSecond ?? '')
  const [timeout, setTimeout] = useState<number | ''>(config?.timeoutMs ? config.timeoutMs / 1_000 : '')
  const [headers, setHeaders] = useState(headersText(config?.headers))
  const [schedule, setSchedule] = useState(secondsText(config?.retrySchedule))
  const [mapping, setMapping] = useState<unknown>(config?.mapping)
  const [valid, setValid] = useState(true)
  const filter = filterOf(rows)
  const written = headersIn(headers)
  const seconds = secondsIn(schedule)
  const choices = { format, signature, ordering }
  const special =
    rate !== '' ||
    timeout !== '' ||
    headers !== '' ||
    schedule !== '' ||
    Object.values(choices).join() !== 'standard,v1,none'
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit({
          url,
          eventTypes,
          ...choices,
          ...(description ? { description } : {}),
          ...(mapping === undefined ? {} : { mapping }),
          ...(Object.keys(filter).length > 0 ? { filter } : {}),
          ...(rate === '' ? {} : { rateLimitPerSecond: rate }),
          ...(timeout === '' ? {} : { timeoutMs: timeout * 1_000 }),
          ...(Object.keys(written).length > 0 ? { headers: written } : {}),
          ...(seconds.length > 0 ? { retrySchedule: seconds } : {}),
        })
      }}
    >
      <Stack maw={mapping === undefined ? 720 : undefined}>
        <TextInput
          label="Address"
          description="It receives a POST for each event, and has 15 seconds to answer 2xx."
          type="url"
          required
          placeholder="https://example.com/webhooks"
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          error={error?.at('/url')}
        />
        <TextInput
          label="Description"
          maxLength={500}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          error={error?.at('/description')}
        />
        <EventChoice value={eventTypes} onChange={setEventTypes} error={error?.at('/eventTypes')} />
        <FilterFields
          rows={rows}
          onChange={setRows}
          eventTypes={eventTypes}
          errorAt={(pointer) => error?.at(pointer)}
        />
        <Disclosure label="Form, order, pace and headers" opened={special}>
          <Stack>
            <Select
              label="Form of the body"
              data={[
                { value: 'standard', label: 'Standard Webhooks: { type, timestamp, storeId, data }' },
                { value: 'cloudevents', label: 'CloudEvents 1.0, structured' },
              ]}
              allowDeselect={false}
              value={format}
              onChange={(value) => setFormat(value === 'cloudevents' ? value : 'standard')}
            />
            <Select
              label="Signature"
              data={[
                { value: 'v1', label: 'With a shared secret (v1, HMAC-SHA256)' },
                { value: 'v1a', label: 'With a key pair (v1a, Ed25519): you need no secret' },
              ]}
              allowDeselect={false}
              value={signature}
              onChange={(value) => setSignature(value === 'v1a' ? value : 'v1')}
            />
            <Select
              label="Order"
              description="In order, a failing event holds up the later ones of the same order, product or customer."
              data={[
                { value: 'none', label: 'As fast as possible' },
                { value: 'entity', label: 'In order for each order, product or customer' },
              ]}
              allowDeselect={false}
              value={ordering}
              onChange={(value) => setOrdering(value === 'entity' ? value : 'none')}
            />
            <Group grow align="flex-start">
              <NumberInput
                label="At most, a second"
                description="No limit, unless set."
                min={1}
                max={10_000}
                value={rate}
                onChange={(value) => setRate(value === '' ? '' : Number(value))}
                error={error?.at('/rateLimitPerSecond')}
              />
              <NumberInput
                label="Time to answer, in seconds"
                description="15, unless set."
                min={1}
                max={30}
                value={timeout}
                onChange={(value) => setTimeout(value === '' ? '' : Number(value))}
                error={error?.at('/timeoutMs')}
              />
            </Group>
            <TextInput
              label="Retries after, in seconds"
              description="With commas between. Unless set: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h."
              placeholder="5, 300, 1800"
              pattern="[0-9]+(\s*,\s*[0-9]+)*"
              value={schedule}
              onChange={(event) => setSchedule(event.currentTarget.value)}
              error={error?.at('/retrySchedule')}
            />
            <Textarea
              label="Headers of your own"
              description="One a line, such as Authorization: Bearer … Values are kept in the vault, and never shown again: one that reads [redacted] stays what it is."
              autosize
              minRows={2}
              value={headers}
              onChange={(event) => setHeaders(event.currentTarget.value)}
              error={error?.at('/headers')}
            />
          </Stack>
        </Disclosure>
        <OwnBody value={mapping} onChange={setMapping} onValid={setValid} eventTypes={eventTypes} />
        {error && <ProblemAlert error={error} title="It was not saved" />}
        <Group>
          <Button type="submit" loading={saving} disabled={eventTypes.length === 0 || !valid}>
            {submit}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
