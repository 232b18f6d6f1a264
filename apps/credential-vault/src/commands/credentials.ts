import { CartlyError, credentialEvents, type CredentialEvent } from '@cartly/contracts'
import type { CommandContext, CommandHandler, EventStore, AggregateRepository } from '@cartly/event-store'
import {
  credentialDecider,
  VERSION_TAKEN,
  type CredentialCommand,
  type CredentialState,
  type FieldMark,
} from '../domain/credential.ts'
import { credentialIdOf, type CredentialKey } from '../domain/credential-id.ts'
import { sealEnvelope } from '../domain/envelope.ts'
import type { Keyring } from '../domain/keyring.ts'
import type { DataKeys, DataKeySubject } from '../storage/data-keys.ts'
import type { WrappingKeys } from '../storage/wrapping-keys.ts'

export type StoredState = CredentialState & { readonly status: 'stored' }

/** Values to be stored as the next version, and what may be said of them openly. */
export interface NewVersion {
  readonly values: Record<string, string>
  readonly fields: readonly FieldMark[]
  /** How long the access token in it is good from now on. */
  readonly validForMs?: number
  /** Until when the version before stays valid; without it, that one ends at once. */
  readonly overlapUntil?: string
}

type By = Pick<CommandContext, 'commandId' | 'actor'>

const ATTEMPTS = 5

/**
 * Writing credentials. Ciphertext first, as a row that counts for nothing; then the event that makes it count. A crash
 * between the two leaves a row to sweep, never an event without its ciphertext.
 */
export class Credentials {
  readonly #handler: CommandHandler<CredentialState, CredentialCommand, CredentialEvent>
  readonly #repository: AggregateRepository<CredentialState>
  readonly #log: EventStore
  readonly #keyring: Keyring
  readonly #dataKeys: DataKeys
  readonly #wrappingKeys: WrappingKeys

  constructor(parts: {
    handler: CommandHandler<CredentialState, CredentialCommand, CredentialEvent>
    repository: AggregateRepository<CredentialState>
    log: EventStore
    keyring: Keyring
    dataKeys: DataKeys
    wrappingKeys: WrappingKeys
  }) {
    this.#handler = parts.handler
    this.#repository = parts.repository
    this.#log = parts.log
    this.#keyring = parts.keyring
    this.#dataKeys = parts.dataKeys
    this.#wrappingKeys = parts.wrappingKeys
  }

  /** The credential as the read model has it; undefined when nothing is stored. */
  async find(key: CredentialKey): Promise<StoredState | undefined> {
    const found = await this.#repository.load(credentialIdOf(key))
    return found?.state.status === 'stored' ? found.state : undefined
  }

  /**
   * Stores the next version.
   * @throws CartlyError `conflict` while it is being deleted, or when others store versions of it all the time
   */
  async store(key: CredentialKey, next: NewVersion, by: By): Promise<StoredState> {
    const credentialId = credentialIdOf(key)
    let version = ((await this.#repository.load(credentialId))?.state.version ?? 0) + 1
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#storeAs(version, key, next, by)
      } catch (error) {
        if (attempt === ATTEMPTS || !(error instanceof CartlyError) || error.code !== VERSION_TAKEN) throw error
        version = (await this.#log.loadState(credentialDecider, credentialEvents, credentialId)).state.version + 1
      }
    }
  }

  async #storeAs(version: number, key: CredentialKey, next: NewVersion, by: By): Promise<StoredState> {
    const { storeId, ownerId, purpose } = key
    const subject = { storeId, ownerId, purpose, version, credentialId: credentialIdOf(key) }
    const plaintext = Buffer.from(JSON.stringify(next.values))
    const { keyId, at } = await this.#seal(subject, plaintext).finally(() => plaintext.fill(0))
    const command = {
      type: 'store' as const,
      storeId,
      ownerId,
      purpose,
      version,
      keyId,
      fields: next.fields,
      at: at.toISOString(),
      ...(next.validForMs === undefined ? {} : { expiresAt: new Date(at.getTime() + next.validForMs).toISOString() }),
      ...(next.overlapUntil === undefined ? {} : { overlapUntil: next.overlapUntil }),
    }
    try {
      const { state } = await this.#handler.execute(subject.credentialId, command, { storeId, ...by })
      // The same command as before: its first ciphertext is the one that counts.
      if (!isStoredAs(state, keyId)) await this.#dataKeys.remove({ ...subject, keyId })
      return state as StoredState
    } catch (error) {
      // Refused, so no event names it. When that is not known, the row stays until the log has told.
      if (error instanceof CartlyError && error.kind === 'conflict') await this.#dataKeys.remove({ ...subject, keyId })
      throw error
    }
  }

  /** Seals into a row. Another replica may have ended the key that this one still wraps with. */
  async #seal(subject: DataKeySubject, plaintext: Buffer): Promise<{ keyId: string; at: Date }> {
    for (let attempt = 1; ; attempt++) {
      const envelope = await sealEnvelope(this.#keyring, subject, plaintext)
      const at = await this.#dataKeys.insert(subject, envelope)
      if (at) return { keyId: envelope.keyId, at }
      if (attempt === 2)
        throw new CartlyError('unavailable', 'keyring_changed', 'The keyring is being changed; try again')
      await this.#wrappingKeys.refresh()
    }
  }

  /**
   * Deletes: from the request on nobody gets it, then its data keys are destroyed, then the tombstone says so. Whatever
   * is left undone by a crash, `shred` takes up again.
   * @param version deletes only while this is the newest
   * @returns false when there is nothing to delete
   */
  async delete(key: CredentialKey, reason: string, by: By, version?: number): Promise<boolean> {
    const credentialId = credentialIdOf(key)
    const { storeId } = key
    const command = { type: 'requestDeletion' as const, reason, ...(version === undefined ? {} : { version }) }
    const { state } = await this.#handler.execute(credentialId, command, { storeId, ...by })
    if (state.status !== 'deleting') return false
    await this.shred(state, by)
    return true
  }

  /** Destroys the data keys of a credential whose deletion has been asked for, and confirms it. */
  async shred(state: CredentialState & { status: 'deleting' }, by: By): Promise<void> {
    const { storeId, version } = state
    const credentialId = credentialIdOf(state)
    await this.#dataKeys.shred(credentialId, version)
    await this.#handler.execute(
      credentialId,
      { type: 'confirmShredded' },
      { storeId, actor: by.actor, commandId: `shredded:${version}` },
    )
  }

  /** Ends a version whose overlap is over, then destroys its key. */
  async retire(key: CredentialKey, { version, keyId }: { version: number; keyId: string }): Promise<void> {
    const credentialId = credentialIdOf(key)
    await this.#handler.execute(
      credentialId,
      { type: 'retire', version },
      { storeId: key.storeId, actor: 'service:credential-vault', commandId: `retired:${version}` },
    )
    await this.#dataKeys.remove({ credentialId, version, keyId })
  }
}

const isStoredAs = (state: CredentialState, keyId: string): boolean =>
  state.status === 'stored' && state.versions.some((version) => version.keyId === keyId)
