import { Group, Text } from '@mantine/core'
import { useMemo } from 'react'
import { Copy } from '../ui/copy.tsx'
import { tokensOf } from './json-tokens.ts'
import classes from './json-view.module.css'

interface JsonViewProps {
  readonly value: unknown
  /** What it is, for its heading and for screen readers. */
  readonly label: string
  readonly maxHeight?: number
}

/** JSON to read and copy. Text that is no JSON is shown as it is. */
export function JsonView({ value, label, maxHeight = 320 }: JsonViewProps) {
  const text = useMemo(() => (typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '')), [value])
  const tokens = useMemo(() => (typeof value === 'string' ? [{ text }] : tokensOf(text)), [text, value])
  return (
    <figure className={classes.figure}>
      <Group component="figcaption" justify="space-between" wrap="nowrap" px="sm" py={2}>
        <Text size="xs" fw={600} c="dimmed" span>
          {label}
        </Text>
        <Copy value={text} what={label} />
      </Group>
      <pre className={classes.code} style={{ maxHeight }} tabIndex={0} aria-label={label}>
        {tokens.map(({ text: part, kind }, index) =>
          kind ? (
            <span key={index} className={classes[kind]}>
              {part}
            </span>
          ) : (
            part
          ),
        )}
      </pre>
    </figure>
  )
}
