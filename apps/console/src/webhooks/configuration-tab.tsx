import { Badge, Code, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Disclosure } from '../ui/disclosure.tsx'
import { Facts } from '../ui/facts.tsx'
import { Moment } from '../ui/moment.tsx'
import { duration } from '../ui/quantities.ts'
import { Section } from '../ui/section.tsx'
import { operatorWords, type Operator } from './event-filter.ts'
import { EventTypeDetail } from './event-choice.tsx'
import { eventTypesQuery, type Webhook } from './queries.ts'

/** How a webhook is set, in words; the events with their form. */
export function ConfigurationTab({ webhook }: { webhook: Webhook }) {
  const { data: types = [] } = useQuery(eventTypesQuery)
  const sent = types.filter(({ type }) => webhook.eventTypes.includes('*') || webhook.eventTypes.includes(type))
  return (
    <Stack gap="lg">
      <Section title="Configuration">
        <Facts
          facts={[
            ['Events', <Events key="events" types={webhook.eventTypes} />],
            ['Only when', <Conditions key="filter" webhook={webhook} />],
            ['Form', webhook.format === 'cloudevents' ? 'CloudEvents 1.0, structured' : 'Standard Webhooks'],
            ['Signature', webhook.signature === 'v1a' ? 'v1a, with a key pair' : 'v1, with a shared secret'],
            [
              'Order',
              webhook.ordering === 'entity' ? 'In order for each order, product or customer' : 'As fast as possible',
            ],
            ['At most', webhook.rateLimitPerSecond ? `${webhook.rateLimitPerSecond} a second` : 'No limit'],
            ['Time to answer', duration(webhook.timeoutMs ?? 15_000)],
            [
              'Retries',
              webhook.retrySchedule
                ? webhook.retrySchedule.map((seconds) => duration(seconds * 1_000)).join(', ')
                : 'As standard, for three days',
            ],
            [
              'Headers',
              webhook.headers
                ? Object.entries(webhook.headers).map(([name, value]) => (
                    <Code key={name} block>{`${name}: ${value}`}</Code>
                  ))
                : 'None of your own',
            ],
            ['Added', <Moment key="added" at={webhook.createdAt} />],
            ['Changed', <Moment key="changed" at={webhook.updatedAt} />],
          ]}
        />
      </Section>
      <Section title="Events it is told of" description="Each with an example and its schema.">
        <Stack gap="xs">
          {sent.map((type) => (
            <Disclosure key={type.type} label={type.type}>
              <EventTypeDetail type={type} />
            </Disclosure>
          ))}
        </Stack>
      </Section>
    </Stack>
  )
}

const Events = ({ types }: { types: readonly string[] }) => (
  <Group gap={4}>
    {types.map((type) => (
      <Badge key={type} variant="light" color="gray" tt="none">
        {type === '*' ? 'Everything' : type}
      </Badge>
    ))}
  </Group>
)

function Conditions({ webhook: { filter } }: { webhook: Webhook }) {
  if (!filter) return 'Always'
  return Object.entries(filter).map(([pointer, condition]) =>
    Object.entries(condition).map(([operator, operand]) => (
      <Text key={pointer + operator} size="sm">
        <Code>{pointer}</Code> {operatorWords[operator as Operator]} <Code>{JSON.stringify(operand)}</Code>
      </Text>
    )),
  )
}
