import { Anchor, Code, Group } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import { Copy } from '../ui/copy.tsx'

/** Of the gateway's setting `TRACE_VIEWER_URL`, which it put into the page; no address when there is none. */
const viewer = document.querySelector<HTMLMetaElement>('meta[name=trace-viewer]')?.content ?? ''

/** A trace: its id to copy, and the way to it where the operator has a viewer. */
export const TraceLink = ({ traceId }: { traceId: string }) => (
  <Group gap={4}>
    <Code>{traceId}</Code>
    <Copy value={traceId} what="trace ID" />
    {viewer.includes('{traceId}') && (
      <Anchor href={viewer.replace('{traceId}', traceId)} target="_blank" rel="noreferrer" size="sm">
        Open the trace <IconExternalLink size={12} aria-label="(opens in a new tab)" />
      </Anchor>
    )}
  </Group>
)
