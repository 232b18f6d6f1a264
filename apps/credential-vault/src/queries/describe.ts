import type { CredentialDescription } from '@cartly/contracts'
import { credentialIdOf } from '../domain/credential-id.ts'
import type { StoredState } from '../commands/credentials.ts'

/** What may be said of a credential: which of the fields that it could have are set, and how they end. */
export function describe(state: StoredState, fieldNames: readonly string[]): CredentialDescription {
  const [present] = state.versions
  if (!present) throw new Error(`The credential ${credentialIdOf(state)} is stored without a version`)
  const names = new Set([...fieldNames, ...present.fields.map(({ name }) => name)])
  return {
    credentialId: credentialIdOf(state),
    version: present.version,
    storedAt: present.storedAt,
    fields: [...names].map((name) => {
      const mark = present.fields.find((field) => field.name === name)
      return { name, set: mark !== undefined, last4: mark?.last4 ?? '' }
    }),
    ...(present.expiresAt === undefined ? {} : { expiresAt: present.expiresAt }),
  }
}
