import { Button, Group, Modal, Stack, Text, Timeline } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Schemas } from '../api/client.ts'
import { connectorQuery, historyQuery, type Connector } from '../integrations/queries.ts'
import { JsonView } from '../json/json-view.tsx'
import { useStoreId } from '../shell/use-store-id.ts'
import { Disclosure } from '../ui/disclosure.tsx'
import { Moment } from '../ui/moment.tsx'
import { Read } from '../ui/read.tsx'
import { Section } from '../ui/section.tsx'
import { connectorEventWords } from './event-words.ts'

type Entry = Schemas['HistoryEntry']

/** Who did what to a connector, and how it was then. */
export default function HistoryTab({ connector }: { connector: Connector }) {
  const storeId = useStoreId()
  const history = useInfiniteQuery(historyQuery(storeId, connector.id))
  const [then, setThen] = useState<Entry>()
  return (
    <Section title="History" description="Everything that was changed, newest first. It cannot be edited.">
      <Read query={history} what="the history">
        {(entries) => (
          <Timeline bulletSize={12} lineWidth={2} active={-1}>
            {entries.map((entry, index) => (
              <Timeline.Item key={`${entry.revision}-${index}`} title={connectorEventWords(entry.type)}>
                <Text size="sm" c="dimmed">
                  <Moment at={entry.at} />, by {entry.actor.replace(/^[a-z]+:/, '')}, revision {entry.revision}
                </Text>
                <Group gap="xs" align="flex-start">
                  {Object.keys((entry.data ?? {}) as object).length > 0 && (
                    <Disclosure label="What changed">
                      <JsonView label={entry.type} value={entry.data} />
                    </Disclosure>
                  )}
                  <Button variant="subtle" size="compact-sm" onClick={() => setThen(entry)}>
                    View as of then
                  </Button>
                </Group>
              </Timeline.Item>
            ))}
          </Timeline>
        )}
      </Read>
      {history.hasNextPage && (
        <Button variant="default" loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
          Show older
        </Button>
      )}
      <Modal
        opened={then !== undefined}
        onClose={() => setThen(undefined)}
        title={then && `${connector.name}, as of ${new Date(then.at).toLocaleString()}`}
        size="xl"
      >
        {then && <AsOf connectorId={connector.id} at={then.at} />}
      </Modal>
    </Section>
  )
}

function AsOf({ connectorId, at }: { connectorId: string; at: string }) {
  const connector = useQuery(connectorQuery(useStoreId(), connectorId, at))
  return (
    <Read query={connector} what="the connector as of then">
      {({ name, status, template, settings, endpoints, mappings }) => (
        <Stack>
          <JsonView
            label="Configuration"
            maxHeight={520}
            value={{ name, status, template: template ?? 'custom', settings, endpoints, mappings }}
          />
        </Stack>
      )}
    </Read>
  )
}
