import type { ExecutionError, Redactor, StepAttempt, StepRecord } from '@cartly/contracts'

/** Bodies are kept up to this many characters. */
export const KEPT_BODY_CHARS = 16_384

/** A body as it is kept: redacted, and bounded. JSON stays JSON as long as it is whole. */
export function keptBody(text: string, redactor: Redactor): KeptBody {
  const clean = redactor.text(text)
  if (clean.length > KEPT_BODY_CHARS) return { content: clean.slice(0, KEPT_BODY_CHARS), truncated: true }
  try {
    return { content: JSON.parse(clean), truncated: false }
  } catch {
    return { content: clean, truncated: false }
  }
}

export interface KeptBody {
  readonly content: unknown
  readonly truncated: boolean
}

/** The history of one step while it is being made. */
export class StepHistory {
  readonly id: string
  readonly attempts: StepAttempt[] = []
  readonly #input: KeptBody
  readonly #startedAt: number
  readonly #offsetMs: number

  constructor(id: string, input: KeptBody, chainStartedAt: number, now: number) {
    this.id = id
    this.#input = input
    this.#startedAt = now
    this.#offsetMs = now - chainStartedAt
  }

  end(status: StepRecord['status'], now: number, rest: { output?: KeptBody; error?: ExecutionError } = {}): StepRecord {
    return {
      id: this.id,
      status,
      offsetMs: this.#offsetMs,
      durationMs: now - this.#startedAt,
      input: this.#input,
      attempts: this.attempts.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt)),
      ...rest,
    }
  }
}
