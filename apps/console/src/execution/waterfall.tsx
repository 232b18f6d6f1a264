import type { Execution } from '../integrations/queries.ts'
import { duration } from '../ui/quantities.ts'
import { statusLabel } from '../ui/status.tsx'
import classes from './waterfall.module.css'

type Step = Execution['steps'][number]

/** When each step ran, one under the other on one scale. */
export function Waterfall({ run }: { run: Execution }) {
  const whole = Math.max(run.durationMs, ...run.steps.map(({ offsetMs, durationMs }) => offsetMs + durationMs), 1)
  return (
    <ol className={classes.waterfall} aria-label="Steps in the order of their time">
      {run.steps.map((step) => (
        <li key={step.id}>
          <a href={`#step-${step.id}`} className={classes.name}>
            {step.id}
          </a>
          <div className={classes.track} aria-hidden>
            {step.status !== 'skipped' && (
              <div
                className={classes.bar}
                data-status={step.status}
                style={{ left: percent(step.offsetMs / whole), width: percent(step.durationMs / whole) }}
              >
                {step.attempts.length > 1 && <Marks step={step} run={run} />}
              </div>
            )}
          </div>
          <span className={classes.took}>
            {step.status === 'skipped' ? 'skipped' : duration(step.durationMs)}
            <span className={classes.said}>
              , {statusLabel(step.status)}, {step.attempts.length} attempts
            </span>
          </span>
        </li>
      ))}
    </ol>
  )
}

/** Where, within a step's bar, each attempt began. */
function Marks({ step, run }: { step: Step; run: Execution }) {
  const began = Date.parse(run.startedAt) + step.offsetMs
  return step.attempts.map(({ attempt, index, startedAt }) => (
    <i
      key={`${attempt}-${index ?? 0}`}
      style={{ left: percent(Math.max(0, Date.parse(startedAt) - began) / Math.max(1, step.durationMs)) }}
    />
  ))
}

const percent = (share: number): string => `${(Math.min(share, 1) * 100).toFixed(2)}%`
