import { setTimeout as delay } from 'node:timers/promises'
import { CartlyError } from '@cartly/contracts'
import type { Logger } from '@cartly/telemetry'
import type { ClientCredentials } from '../commands/client-credentials.ts'
import type { By } from '../commands/connections.ts'
import { CREDENTIALS_MISSING, type Owner } from '../commands/token-vault.ts'

const LOOK_AGAIN_MS = 100
/** One service that is slow to answer holds up what others' connectors wait for no longer than this. */
const WAIT_MS = 5_000

/**
 * Whenever a client is stored whose service asks nobody for consent, its token is fetched. A token that cannot be had now
 * is asked for again by the executor when it needs one, so a failure is only noted.
 */
export const firstToken =
  (clientCredentials: ClientCredentials, log: Logger) =>
  async (owner: Owner, by: By): Promise<void> => {
    const fetched = fetchUntilLent(clientCredentials, owner, by).catch((error: unknown) => {
      if (error instanceof CartlyError && beside.has(error.code)) return
      log.warn('the first token was not fetched', { ...owner, error })
    })
    await Promise.race([fetched, delay(WAIT_MS, undefined, { ref: false })])
  }

/** Connectors that get their token in another way, or that are gone. */
const beside = new Set(['not_oauth', 'needs_consent', 'not_found'])

/** The vault lends what it has stored once its own read model shows it: a moment after its event. */
async function fetchUntilLent(clientCredentials: ClientCredentials, owner: Owner, by: By): Promise<void> {
  const until = performance.now() + WAIT_MS
  for (;;) {
    try {
      await clientCredentials.connect(owner, by)
      return
    } catch (error) {
      const unlent = error instanceof CartlyError && error.code === CREDENTIALS_MISSING
      if (!unlent || performance.now() > until) throw error
      await delay(LOOK_AGAIN_MS)
    }
  }
}
