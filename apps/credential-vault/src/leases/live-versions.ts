import type { CredentialId } from '@cartly/contracts'
import { statements } from '@cartly/read-model'
import type { DataSource } from 'typeorm'
import type { EnvelopeSubject } from '../domain/binding.ts'
import type { CredentialState, LiveVersion } from '../domain/credential.ts'
import { credentialIdOf, type CredentialKey } from '../domain/credential-id.ts'
import { openEnvelope, type Envelope } from '../domain/envelope.ts'
import type { Keyring } from '../domain/keyring.ts'

/** A version that is valid, its values still sealed. */
export interface SealedVersion extends LiveVersion {
  readonly subject: EnvelopeSubject
  /** Missing only by a loss. */
  readonly envelope: Envelope | undefined
  /** How long the access token in it is still good; infinite for what does not end. */
  readonly lifeLeftMs: number
}

/** A version that is valid, and its values in the open. */
export interface OpenVersion extends Omit<SealedVersion, 'subject' | 'envelope'> {
  readonly values: Record<string, string>
}

type Row = { readonly id: CredentialId; readonly state: CredentialState; readonly now: Date } & (
  | (Envelope & { readonly version: number })
  | { readonly [Column in keyof Envelope | 'version']: null }
)

/** Reads what is valid now. */
export class LiveVersions {
  readonly #dataSource: DataSource
  readonly #keyring: Keyring
  readonly #wrappedByOldKey: (subject: EnvelopeSubject, envelope: Envelope) => void

  /** @param wrappedByOldKey is told of each envelope that is read and under a key that was the primary one */
  constructor(
    dataSource: DataSource,
    keyring: Keyring,
    wrappedByOldKey: (subject: EnvelopeSubject, envelope: Envelope) => void,
  ) {
    this.#dataSource = dataSource
    this.#keyring = keyring
    this.#wrappedByOldKey = wrappedByOldKey
  }

  /**
   * The valid versions of each credential, newest first, in one statement, so that state and keys fit each other, and by the
   * clock of Postgres, by which they were stored: this process's may be minutes off.
   */
  async find(keys: readonly CredentialKey[]): Promise<Map<CredentialId, SealedVersion[]>> {
    const rows = await statements(this.#dataSource).query<Row>(
      `SELECT s.id, s.state, now() AS now, k.version, k.key_id AS "keyId", k.content, k.wrapping_key_id AS "wrappingKeyId",
         k.wrapped_key AS "wrappedKey"
       FROM credential_state s LEFT JOIN data_key k ON k.credential_id = s.id
       WHERE s.id = ANY($1)`,
      [keys.map(credentialIdOf)],
    )
    return new Map(rows.map(({ id, state, now }) => [id, validOf(id, state, rows, now.getTime())]))
  }

  /** As `find` for one, opened. */
  async open(key: CredentialKey): Promise<OpenVersion[]> {
    const versions = (await this.find([key])).get(credentialIdOf(key)) ?? []
    return Promise.all(versions.map((version) => this.openVersion(version)))
  }

  /** @throws Error when it has no data key, though it counts: that is a loss, and never taken for a deletion */
  async openVersion({ subject, envelope, ...version }: SealedVersion): Promise<OpenVersion> {
    if (!envelope) throw new Error(`The data key of ${subject.credentialId} version ${subject.version} is missing`)
    const plaintext = await openEnvelope(this.#keyring, subject, envelope)
    const values = JSON.parse(plaintext.toString()) as Record<string, string>
    plaintext.fill(0)
    if (this.#isOld(envelope.wrappingKeyId)) this.#wrappedByOldKey(subject, envelope)
    return { ...version, values }
  }

  /** A key that is primary elsewhere, and pending or not known here yet, is no old one. */
  #isOld(keyId: string): boolean {
    return this.#keyring.keys().some(({ id, state }) => id === keyId && state === 'decrypt-only')
  }
}

function validOf(id: CredentialId, state: CredentialState, rows: readonly Row[], now: number): SealedVersion[] {
  if (state.status !== 'stored') return []
  const { storeId, ownerId, purpose } = state
  return state.versions
    .filter(({ validUntil }) => validUntil === undefined || Date.parse(validUntil) > now)
    .map((live) => {
      const row = rows.find((one) => one.id === id && one.version === live.version && one.keyId === live.keyId)
      const subject = { storeId, ownerId, purpose, credentialId: id, version: live.version }
      const lifeLeftMs = live.expiresAt === undefined ? Infinity : Date.parse(live.expiresAt) - now
      return { ...live, subject, envelope: row && envelopeIn(row), lifeLeftMs }
    })
}

function envelopeIn(row: Row): Envelope | undefined {
  if (row.version === null) return undefined
  const { keyId, content, wrappingKeyId, wrappedKey } = row
  return { keyId, content, wrappingKeyId, wrappedKey }
}
