import { Group, Progress, Stack, Text } from '@mantine/core'
import { count, share } from './quantities.ts'

interface Part {
  readonly label: string
  readonly color: string
  readonly number: number
}

/** How a whole falls into parts: a bar, and each part in words and figures. */
export function Shares({ parts, empty }: { parts: readonly Part[]; empty: string }) {
  const whole = parts.reduce((sum, { number }) => sum + number, 0)
  if (whole === 0) {
    return (
      <Text size="sm" c="dimmed">
        {empty}
      </Text>
    )
  }
  const present = parts.filter(({ number }) => number > 0).toSorted((one, other) => other.number - one.number)
  return (
    <Stack gap="xs">
      <Progress.Root size="md" aria-hidden>
        {present.map(({ label, color, number }) => (
          <Progress.Section key={label} value={(number / whole) * 100} color={`${color}.6`} />
        ))}
      </Progress.Root>
      {present.map(({ label, color, number }) => (
        <Group key={label} justify="space-between" wrap="nowrap" gap="xs">
          <Group gap={8} wrap="nowrap">
            <span
              aria-hidden
              style={{
                width: 10,
                height: 10,
                borderRadius: 3,
                flexShrink: 0,
                background: `var(--mantine-color-${color}-6)`,
              }}
            />
            <Text size="sm">{label}</Text>
          </Group>
          <Text size="sm" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
            {count(number)} · {share(number / whole)}
          </Text>
        </Group>
      ))}
    </Stack>
  )
}
