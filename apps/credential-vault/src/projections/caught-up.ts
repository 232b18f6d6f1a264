import type { ProjectionRunner, Source } from '@cartly/event-store'
import type { ServiceContext } from '@cartly/service'

const LOOK_AGAIN_MS = 5_000

/**
 * Resolves when a read model shows all that the log has by now. One that was put back from a backup still shows credentials
 * that have been deleted since, and nobody may be lent anything by it.
 */
export async function caughtUp(
  { jsm, log }: Pick<ServiceContext, 'jsm' | 'log'>,
  { stream, filters }: Pick<Source<unknown>, 'stream' | 'filters'>,
  runner: ProjectionRunner,
): Promise<void> {
  for (const filter of filters) {
    const last = await jsm.streams.getMessage(stream, { last_by_subj: filter })
    if (!last) continue
    while (!(await runner.passed(last.seq, LOOK_AGAIN_MS))) {
      log.warn('a read model is behind the log; nothing is lent until it is not', { projection: runner.status.name })
    }
  }
}
