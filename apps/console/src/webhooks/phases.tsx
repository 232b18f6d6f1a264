import { Group, Text } from '@mantine/core'
import { duration } from '../ui/quantities.ts'
import type { Delivery } from './queries.ts'

type Timings = Delivery['attemptLog'][number]['timings']

const phases = [
  ['dns', 'Name', 'violet'],
  ['connect', 'Connect', 'blue'],
  ['tls', 'TLS', 'grape'],
  ['firstByte', 'Your server', 'brand'],
  ['rest', 'Answer', 'yellow'],
] as const

/** Where the time of an attempt went. Phases that a kept connection does not have are left out. */
export function Phases({ timings }: { timings: Timings }) {
  const { dns, connect, tls, firstByte, total } = timings
  const parts = { dns, connect, tls, firstByte, rest: Math.max(0, total - dns - connect - tls - firstByte) }
  const present = phases.filter(([name]) => parts[name] > 0)
  if (total === 0 || present.length === 0) return null
  return (
    <div>
      <div aria-hidden style={{ display: 'flex', height: 8, borderRadius: 4, overflow: 'hidden', gap: 1 }}>
        {present.map(([name, , color]) => (
          <div
            key={name}
            style={{ flexGrow: parts[name], minWidth: 2, background: `var(--mantine-color-${color}-5)` }}
          />
        ))}
      </div>
      <Group gap="md" mt={4}>
        {present.map(([name, label, color]) => (
          <Group key={name} gap={6}>
            <span
              aria-hidden
              style={{ width: 8, height: 8, borderRadius: 2, background: `var(--mantine-color-${color}-5)` }}
            />
            <Text size="xs" c="dimmed">
              {label} {duration(parts[name])}
            </Text>
          </Group>
        ))}
      </Group>
    </div>
  )
}
