import { SegmentedControl } from '@mantine/core'
import type { Schemas } from '../api/client.ts'

export type Window = Schemas['Stats']['window']

const choices: { value: Window; label: string }[] = [
  { value: '1h', label: '1 hour' },
  { value: '24h', label: '24 hours' },
  { value: '7d', label: '7 days' },
  { value: '30d', label: '30 days' },
]

export function WindowChoice({ value, onChange }: { value: Window; onChange: (value: Window) => void }) {
  return <SegmentedControl size="xs" data={choices} value={value} onChange={onChange} aria-label="Period" />
}
