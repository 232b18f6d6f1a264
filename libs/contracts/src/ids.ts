import { hash, randomBytes } from 'node:crypto'
import { Type, type TUnsafe } from 'typebox'

/**
 * Identifiers are types: a `StoreId` cannot be passed where a `ConnectorId` is asked for.
 * Generated ids are `<prefix>_` and 26 characters of Crockford base 32 (48 bits of milliseconds, 80 random bits),
 * so they sort by time, are safe as NATS subject tokens and cannot be guessed.
 */
export type Id<Name extends string> = string & { readonly __id: Name }

export type StoreId = Id<'StoreId'>
export type ConnectorId = Id<'ConnectorId'>
export type CredentialId = Id<'CredentialId'>
export type EndpointId = Id<'EndpointId'>
export type ExecutionId = Id<'ExecutionId'>
export type DeliveryId = Id<'DeliveryId'>
export type MessageId = Id<'MessageId'>
export type RecoveryId = Id<'RecoveryId'>

const prefixes = {
  conn: 'ConnectorId',
  cred: 'CredentialId',
  whk: 'EndpointId',
  exec: 'ExecutionId',
  dlv: 'DeliveryId',
  msg: 'MessageId',
  rcv: 'RecoveryId',
} as const

export type IdPrefix = keyof typeof prefixes
type IdFor<P extends IdPrefix> = Id<(typeof prefixes)[P]>

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const characters = Buffer.from(alphabet)
/** One for all: an id is made without leaving anything behind but itself. */
const written = Buffer.alloc(26)

/** Sixteen bytes as 26 characters. */
function base32(bytes: Uint8Array): string {
  let bits = 0
  let value = 0
  let length = 0
  for (let i = 0; i < 16; i++) {
    value = ((value << 8) | (bytes[i] as number)) & 0x1fff
    for (bits += 8; bits >= 5; bits -= 5) written[length++] = characters[(value >>> (bits - 5)) & 31] as number
  }
  written[length] = characters[(value << (5 - bits)) & 31] as number
  return written.toString('latin1')
}

/** A new id such as `conn_06e8…`, sorting by `at` (milliseconds since the epoch). */
export function newId<P extends IdPrefix>(prefix: P, at: number = Date.now()): IdFor<P> {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(at, 0, 6)
  return `${prefix}_${base32(bytes)}` as IdFor<P>
}

/** An id from its parts: when it sorts, and ten bytes that make it unique. */
export function idFrom<P extends IdPrefix>(prefix: P, at: number, unique: Uint8Array): IdFor<P> {
  const bytes = Buffer.allocUnsafe(16)
  bytes.writeUIntBE(at, 0, 6)
  bytes.set(unique.subarray(0, 10), 6)
  return `${prefix}_${base32(bytes)}` as IdFor<P>
}

/**
 * The id that `parts` always give, sorting by `at`: for what must be the same again when it is done again. Its last 80
 * bits are those of the parts' SHA-256, so it cannot be guessed without them.
 */
export function derivedId<P extends IdPrefix>(prefix: P, at: number, parts: readonly string[]): IdFor<P> {
  return idFrom(prefix, at, hash('sha256', parts.join('\n'), 'buffer'))
}

/** The first of the ids that sort by `at`, to compare others with: a range of times is a range of ids. */
export function firstIdAt<P extends IdPrefix>(prefix: P, at: number): IdFor<P> {
  const bytes = Buffer.alloc(16)
  bytes.writeUIntBE(Math.max(0, at), 0, 6)
  return `${prefix}_${base32(bytes)}` as IdFor<P>
}

/** The milliseconds that an id sorts by. */
export const timeOfId = (id: Id<string>): number => bytesOf(id).readUIntBE(0, 6)

/** The ten bytes that make an id unique. */
export const uniqueOfId = (id: Id<string>): Uint8Array => bytesOf(id).subarray(6)

const digits = new Uint8Array(128)
for (const [value, digit] of [...alphabet].entries()) digits[digit.charCodeAt(0)] = value

function bytesOf(id: string): Buffer {
  const bytes = Buffer.alloc(16)
  let bits = 0
  let value = 0
  let length = 0
  for (let i = id.indexOf('_') + 1; i < id.length && length < 16; i++) {
    value = ((value << 5) | (digits[id.charCodeAt(i) & 127] as number)) & 0x1fff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes[length++] = value >>> bits
    }
  }
  return bytes
}

const idSchema = <P extends IdPrefix>(prefix: P, description: string): TUnsafe<IdFor<P>> =>
  Type.Unsafe<IdFor<P>>({ type: 'string', pattern: `^${prefix}_[0-9a-z]{8,40}$`, description })

/** The platform's own name of a store: one NATS subject token. */
export const StoreIdSchema = Type.Unsafe<StoreId>({
  type: 'string',
  pattern: '^[A-Za-z0-9_-]{1,64}$',
  description: 'Id of a store, as the store platform names it',
})
export const ConnectorIdSchema = idSchema('conn', 'Id of a connector')
export const CredentialIdSchema = idSchema('cred', 'Id of a credential')
export const EndpointIdSchema = idSchema('whk', 'Id of a webhook endpoint')
export const ExecutionIdSchema = idSchema('exec', 'Id of an execution')
export const DeliveryIdSchema = idSchema('dlv', 'Id of a delivery')
export const MessageIdSchema = idSchema('msg', 'Id of a webhook message')
export const RecoveryIdSchema = idSchema('rcv', 'Id of a recovery job')
