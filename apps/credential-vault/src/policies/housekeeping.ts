import { credentialEvents, type CredentialId } from '@cartly/contracts'
import type { EventStore } from '@cartly/event-store'
import type { Credentials } from '../commands/credentials.ts'
import { credentialDecider } from '../domain/credential.ts'
import type { DataKeyRef, DataKeys } from '../storage/data-keys.ts'

const BATCH = 500
/** An append is given up after half a minute: whatever has waited longer for its event will not get it any more. */
const ABANDONED_AFTER_MS = 10 * 60_000

/** What no event announces: overlaps that end, and ciphertext whose event never came. Safe to run anywhere, any time. */
export class Housekeeping {
  readonly #credentials: Pick<Credentials, 'retire'>
  readonly #dataKeys: DataKeys
  readonly #log: EventStore
  readonly #abandonedAfterMs: number

  constructor(
    parts: { credentials: Pick<Credentials, 'retire'>; dataKeys: DataKeys; log: EventStore },
    { abandonedAfterMs = ABANDONED_AFTER_MS }: { abandonedAfterMs?: number } = {},
  ) {
    this.#credentials = parts.credentials
    this.#dataKeys = parts.dataKeys
    this.#log = parts.log
    this.#abandonedAfterMs = abandonedAfterMs
  }

  async run(): Promise<void> {
    for (const ended of await this.#dataKeys.ended(BATCH)) await this.#credentials.retire(ended, ended)
    for (const row of await this.#dataKeys.unconfirmed(this.#abandonedAfterMs, BATCH)) {
      if (!(await this.#isInLog(row))) await this.#dataKeys.remove(row)
    }
  }

  /** The log decides, not the read model, which may be behind; a row that is in it is confirmed by the reaction to it. */
  async #isInLog({ credentialId, keyId }: DataKeyRef & { credentialId: CredentialId }): Promise<boolean> {
    const { state } = await this.#log.loadState(credentialDecider, credentialEvents, credentialId)
    return state.status === 'stored' && state.versions.some((version) => version.keyId === keyId)
  }
}
