import type { ExecutionRecorded, RecordedBody, StepRecord } from '@cartly/contracts'
import { parseTraceparent, currentTraceparent } from '@cartly/telemetry'
import type { Static } from 'typebox'
import type { Ending, Execution } from './execution.ts'

/** What of an execution is recorded; of its hook, the name. */
export type Recordable = Omit<Execution, 'key' | 'hook'> & { readonly hook: { readonly name: string } }

type Body = Static<typeof RecordedBody>

/** Facts stay well under what the bus carries (1 MB), with room for many in memory. */
const MAX_FACT_BYTES = 256 * 1024
const MAX_BODY_CHARS = 16_384
/** Of a step that asked hundreds of times, the first and the last few tell what there is to tell. */
const KEPT_ATTEMPTS = 8

/** The fact of an execution, and its JSON, which is what it costs to make: it is made once. */
export interface RecordedFact {
  readonly fact: ExecutionRecorded
  readonly json: string
}

/** The fact of an execution, no larger than 256 KiB as JSON: the bodies of its steps go first. */
export function recordedExecution(execution: Recordable, ending: Ending): RecordedFact {
  const { connector, hook, event, replayOf } = execution
  const traceId = parseTraceparent(currentTraceparent())?.traceId
  const fact: ExecutionRecorded = {
    executionId: execution.id,
    storeId: connector.storeId,
    connectorId: connector.connectorId,
    hook: hook.name,
    trigger: execution.trigger,
    ...(event ? { eventId: event.id } : {}),
    ...(replayOf ? { replayOf } : {}),
    connectorRevision: connector.revision,
    templateVersion: connector.template?.version ?? null,
    status: ending.status,
    source: ending.source,
    ...(ending.error ? { error: ending.error } : {}),
    startedAt: new Date(execution.startedAt).toISOString(),
    durationMs: Math.max(0, ending.endedAt - execution.startedAt),
    deadlineMs: Math.max(0, Math.round(execution.deadlineAt - execution.startedAt)),
    input: keptBody(execution.input),
    ...(ending.output === undefined ? {} : { output: keptBody(ending.output) }),
    steps: [...ending.steps],
    ...(traceId ? { traceId } : {}),
  }
  return bounded(fact)
}

function keptBody(value: unknown): Body {
  const text = JSON.stringify(value) ?? 'null'
  if (text.length <= MAX_BODY_CHARS) return { content: value ?? null, truncated: false }
  return { content: text.slice(0, MAX_BODY_CHARS), truncated: true }
}

function bounded(whole: ExecutionRecorded): RecordedFact {
  const cuts = [withoutAnswers, withoutBodies, withFewAttempts, withoutAttempts]
  let fact = whole
  let json = JSON.stringify(fact)
  for (const cut of cuts) {
    if (Buffer.byteLength(json) <= MAX_FACT_BYTES) break
    fact = { ...fact, steps: fact.steps.map(cut) }
    json = JSON.stringify(fact)
  }
  return { fact, json }
}

const leftOut: Body = { content: '[left out: this execution is too long to keep whole]', truncated: true }

const withoutAnswers = (step: StepRecord): StepRecord => ({
  ...step,
  attempts: step.attempts.map((attempt) => ({
    ...attempt,
    ...(attempt.response?.body ? { response: { ...attempt.response, body: leftOut } } : {}),
  })),
})

const withoutBodies = (step: StepRecord): StepRecord => ({
  ...step,
  ...(step.input ? { input: leftOut } : {}),
  ...(step.output ? { output: leftOut } : {}),
  attempts: step.attempts.map((attempt) => ({
    ...attempt,
    request: { ...attempt.request, ...(attempt.request.body ? { body: leftOut } : {}) },
  })),
})

const withFewAttempts = (step: StepRecord): StepRecord => ({
  ...step,
  attempts:
    step.attempts.length > 2 * KEPT_ATTEMPTS
      ? [...step.attempts.slice(0, KEPT_ATTEMPTS), ...step.attempts.slice(-KEPT_ATTEMPTS)]
      : step.attempts,
})

const withoutAttempts = (step: StepRecord): StepRecord => ({ ...step, attempts: [] })
