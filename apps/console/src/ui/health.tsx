import { Anchor, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import type { Schemas } from '../api/client.ts'
import classes from './health.module.css'
import { Moment } from './moment.tsx'
import { count, duration, share } from './quantities.ts'
import { Sparkline } from './sparkline.tsx'

/** Below this share of successes, something is wrong. */
export const TOO_FEW = 0.95

interface HealthProps {
  readonly health: NonNullable<Schemas['Connector']['health']>
  /** What was counted: "Runs". */
  readonly what: string
  /** How the last failure is called, and where it leads. */
  readonly failure: { readonly label: string; readonly to: (id: string) => string }
  readonly children?: ReactNode
}

/** How a row of a list did in the last 24 hours. */
export function Health({ health, what, failure, children }: HealthProps) {
  const { total, successRate, p95Ms, hours, lastFailure } = health
  return (
    <div className={classes.health}>
      <Sparkline hours={hours} />
      <Figure name="Success, 24 h" bad={(successRate ?? 1) < TOO_FEW}>
        {share(successRate)}
      </Figure>
      <Figure name={what}>{count(total)}</Figure>
      <Figure name="p95">{duration(p95Ms)}</Figure>
      {children}
      <Figure name={failure.label}>
        {lastFailure ? (
          <Anchor component={Link} to={failure.to(lastFailure.id)} inherit>
            <Moment at={lastFailure.at} />
          </Anchor>
        ) : (
          'none'
        )}
      </Figure>
    </div>
  )
}

export const Figure = ({ name, bad = false, children }: { name: string; bad?: boolean; children: ReactNode }) => (
  <div className={classes.figure}>
    <Text size="xs" c="dimmed">
      {name}
    </Text>
    <Text size="sm" fw={600} component="div" {...(bad ? { c: 'red' } : {})}>
      {children}
    </Text>
  </div>
)
