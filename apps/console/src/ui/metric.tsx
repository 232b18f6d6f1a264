import { Paper, SimpleGrid, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './metric.module.css'

interface MetricValue {
  readonly label: string
  readonly value: ReactNode
  readonly note?: ReactNode
  /** Draws the eye when something is wrong. */
  readonly bad?: boolean
}

/** A row of figures, each with its name. */
export function Metrics({ label, values }: { label: string; values: readonly MetricValue[] }) {
  return (
    <SimpleGrid
      component="dl"
      cols={{ base: 2, md: values.length }}
      spacing="sm"
      m={0}
      aria-label={label}
      className={classes.metrics}
    >
      {values.map(({ label: name, value, note, bad }) => (
        <Paper key={name} withBorder p="md">
          <Text component="dt" size="sm" c="dimmed">
            {name}
          </Text>
          <Text
            component="dd"
            m={0}
            fz={24}
            fw={650}
            {...(bad ? { c: 'red' } : {})}
            style={{ fontVariantNumeric: 'tabular-nums' }}
          >
            {value}
          </Text>
          {note && (
            <Text component="dd" m={0} size="xs" c="dimmed">
              {note}
            </Text>
          )}
        </Paper>
      ))}
    </SimpleGrid>
  )
}
