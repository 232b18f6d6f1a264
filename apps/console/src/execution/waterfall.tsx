import type { Execution } from '../integrations/queries.ts'
import { duration } from '../ui/quantities.ts'
import { statusLabel } from '../ui/status.tsx'
import classes from './waterfall.module.css'

type Step = Execution['steps'][number]
type Attempt = Step['attempts'][number]

const TICKS = [0, 0.25, 0.5, 0.75, 1]

/** When each step ran, one under the other on one scale; within a step each request, and the waits between them. */
export function Waterfall({ run }: { run: Execution }) {
  const whole = Math.max(run.durationMs, ...run.steps.map(({ offsetMs, durationMs }) => offsetMs + durationMs), 1)
  return (
    <div>
      <div className={classes.scale} aria-hidden>
        <span className={classes.ticks}>
          {TICKS.map((tick) => (
            <span key={tick}>{duration(tick * whole)}</span>
          ))}
        </span>
      </div>
      <ol className={classes.waterfall} aria-label="Steps in the order of their time">
        {run.steps.map((step) => (
          <li key={step.id}>
            <a href={`#step-${step.id}`} className={classes.name}>
              {step.id}
            </a>
            <div className={classes.track} aria-hidden>
              {step.status !== 'skipped' && <Bar step={step} run={run} whole={whole} />}
            </div>
            <span className={classes.took}>
              {step.status === 'skipped' ? 'skipped' : duration(step.durationMs)}
              <span className={classes.said}>
                , {statusLabel(step.status)},{' '}
                {step.attempts.length === 1 ? '1 request' : `${step.attempts.length} requests`}
              </span>
            </span>
          </li>
        ))}
      </ol>
    </div>
  )
}

function Bar({ step: { offsetMs, durationMs, attempts }, run, whole }: { step: Step; run: Execution; whole: number }) {
  const began = Date.parse(run.startedAt)
  return (
    <>
      <div className={classes.step} style={{ left: percent(offsetMs / whole), width: percent(durationMs / whole) }} />
      {attempts.map((attempt) => (
        <div
          key={`${attempt.attempt}-${attempt.index ?? 0}`}
          className={classes.request}
          data-failed={failed(attempt)}
          style={{
            left: percent(Math.max(offsetMs, Date.parse(attempt.startedAt) - began) / whole),
            width: percent(attempt.durationMs / whole),
          }}
        />
      ))}
    </>
  )
}

const failed = ({ error, response }: Attempt): boolean => error !== undefined || response === undefined

const percent = (share: number): string => `${(Math.min(share, 1) * 100).toFixed(2)}%`
