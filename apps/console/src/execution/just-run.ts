import { statusOf } from '../api/api-error.ts'

/** State of a way to a run that has only just ended: it is recorded a moment later. */
export const justRun = 'just run'

const TRIES = 30

/** Waits for such a run, rather than say that it is not there. */
export const untilRecorded = {
  retry: (failures: number, error: Error) => statusOf(error) === 404 && failures < TRIES,
  retryDelay: 500,
}
