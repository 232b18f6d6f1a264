import { Box, Progress, Text } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { Link } from 'react-router'
import classes from './steps.module.css'

export interface Step {
  readonly label: string
  readonly done: boolean
  /** Where it can be looked at again; steps not yet open have none. */
  readonly to?: string | undefined
}

/** How far a setup is. */
export function Steps({ steps, current }: { steps: readonly Step[]; current: number }) {
  return (
    <nav aria-label="Setup">
      <ol className={classes.steps}>
        {steps.map(({ label, done, to }, index) => {
          const state = index === current ? 'current' : done ? 'done' : 'open'
          const content = (
            <>
              <span className={classes.number} aria-hidden>
                {done && index !== current ? <IconCheck size={14} stroke={3} /> : index + 1}
              </span>
              <span>
                {label}
                {done && <span className={classes.said}> (done)</span>}
              </span>
            </>
          )
          return (
            <li key={label} data-state={state} {...(index === current ? { 'aria-current': 'step' } : {})}>
              {to && index !== current ? <Link to={to}>{content}</Link> : <span>{content}</span>}
            </li>
          )
        })}
      </ol>
      <Box hiddenFrom="sm" aria-hidden>
        <Text size="sm" mb={6}>
          Step {current + 1} of {steps.length}: <b>{steps[current]?.label}</b>
        </Text>
        <Progress value={((current + 1) / steps.length) * 100} />
      </Box>
    </nav>
  )
}
