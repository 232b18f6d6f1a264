import { Button, Code, Group } from '@mantine/core'
import { useState } from 'react'
import { Copy } from '../ui/copy.tsx'

/** A secret that is on this page: covered until it is wanted. */
export function SecretShown({ secret }: { secret: string }) {
  const [shown, setShown] = useState(false)
  return (
    <Group gap="xs">
      <Code fz="sm" p={8} style={{ overflowWrap: 'anywhere' }}>
        {shown ? secret : `${secret.slice(0, secret.indexOf('_') + 1)}${'•'.repeat(24)}`}
      </Code>
      <Button size="xs" variant="default" onClick={() => setShown(!shown)}>
        {shown ? 'Cover' : 'Show'}
      </Button>
      <Copy value={secret} what="signing secret" />
    </Group>
  )
}
