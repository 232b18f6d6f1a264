import { CartlyError } from '@cartly/contracts'

/** Another command has been stored since the state was read that this one was decided on. */
export class WrongExpectedSequence extends Error {
  readonly subject: string
  readonly expected: number

  constructor(subject: string, expected: number) {
    super(`${subject} has moved on from sequence ${expected}`)
    this.name = 'WrongExpectedSequence'
    this.subject = subject
    this.expected = expected
  }
}

/** The log cannot store anything more; nothing was stored. */
export const logRefuses = (cause: Error): CartlyError =>
  new CartlyError('unavailable', 'log_full', 'The event log has no room, so nothing was changed; try again later', {
    cause,
    retryAfterMs: 30_000,
  })

/**
 * No acknowledgement came, so it is not known whether the command is stored. Asking again with the same command id is
 * safe, whatever happened.
 */
export const outcomeUnknown = (cause: unknown): CartlyError =>
  new CartlyError('unavailable', 'outcome_unknown', 'The log did not answer in time; ask again with the same id', {
    retryAfterMs: 1_000,
    cause,
  })

/** A message of the log that this process cannot read: damaged, or written by a newer version. */
export class UndecodableMessage extends Error {
  readonly stream: string
  readonly sequence: number
  readonly reason: string

  constructor(message: { stream: string; sequence: number; subject: string }, reason: string, cause?: unknown) {
    super(`${message.stream} ${message.sequence} (${message.subject}): ${reason}`, cause === undefined ? {} : { cause })
    this.name = 'UndecodableMessage'
    this.stream = message.stream
    this.sequence = message.sequence
    this.reason = reason
  }
}

/**
 * The stream has not got what was already read from it: it was restored from a backup, or lost what it had
 * acknowledged. What was built from it is ahead of the truth, so nothing more may be built on it.
 */
export class StreamBehindReadModel extends Error {
  readonly stream: string
  readonly checkpoint: number

  constructor(stream: string, checkpoint: number, found: string) {
    super(
      `The stream ${stream} is behind what was read from it: the checkpoint is ${checkpoint}, but ${found}. ` +
        'Restore the stream, or rebuild the projections from the stream as it is now.',
    )
    this.name = 'StreamBehindReadModel'
    this.stream = stream
    this.checkpoint = checkpoint
  }
}
