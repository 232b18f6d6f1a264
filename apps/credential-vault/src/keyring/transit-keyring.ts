import { compileSchema } from '@cartly/contracts'
import type { Fetch } from '@cartly/egress'
import { Type } from 'typebox'
import { KeyringError, keyServiceAway, type Keyring, type KeyringKey } from '../domain/keyring.ts'

export interface TransitSettings {
  /** Of the server, with the mount: `https://vault.internal:8200/v1/transit`. */
  readonly url: string
  /** Name of a key of type aes256-gcm96, not derived. */
  readonly key: string
  readonly token: string
}

const TYPE = 'aes256-gcm96'

const KeyReply = compileSchema(
  Type.Object({
    data: Type.Object({
      type: Type.String(),
      derived: Type.Boolean(),
      latest_version: Type.Integer(),
      min_decryption_version: Type.Integer(),
    }),
  }),
)
const EncryptReply = compileSchema(Type.Object({ data: Type.Object({ ciphertext: Type.String() }) }))
const DecryptReply = compileSchema(Type.Object({ data: Type.Object({ plaintext: Type.String() }) }))
const Refusal = compileSchema(Type.Object({ errors: Type.Array(Type.String()) }))

/**
 * The transit engine of HashiCorp Vault or OpenBao. Each version of the key there is a key here, `<name>:v<version>`; it
 * is rotated there, and a version below `min_decryption_version` counts as destroyed. The binding travels as associated
 * data. The token needs `read` on `keys/<name>`, and `update` on `encrypt/<name>` and `decrypt/<name>`; with `create`, a
 * key that is missing would be made. https://openbao.org/api-docs/secret/transit/
 */
export class TransitKeyring implements Keyring {
  readonly #settings: TransitSettings
  readonly #fetch: Fetch
  #versions: readonly KeyringKey[] = []
  #primary = ''

  private constructor(settings: TransitSettings, fetch: Fetch) {
    this.#settings = settings
    this.#fetch = fetch
  }

  /** @throws KeyringError when the key cannot be read */
  static async open(settings: TransitSettings, fetch: Fetch): Promise<TransitKeyring> {
    const keyring = new TransitKeyring(settings, fetch)
    await keyring.refresh()
    return keyring
  }

  primary(): string {
    return this.#primary
  }

  keys(): readonly KeyringKey[] {
    return this.#versions
  }

  async refresh(): Promise<void> {
    const { key } = this.#settings
    const reply = await this.#ask('GET', `keys/${encodeURIComponent(key)}`, undefined, key)
    const { type, derived, latest_version, min_decryption_version } = KeyReply.parse(
      reply,
      'The key service’s answer',
    ).data
    if (type !== TYPE || derived) {
      throw new Error(`The transit key ${key} must be of type ${TYPE} and not derived: it is ${type}`)
    }
    this.#primary = this.#idOf(latest_version)
    // The reply lists the versions that can still be used; those before them have been, and are gone.
    this.#versions = Array.from({ length: latest_version }, (_, index): KeyringKey => {
      const version = index + 1
      const state = version < min_decryption_version ? 'destroyed' : 'decrypt-only'
      return { id: this.#idOf(version), state: version === latest_version ? 'primary' : state }
    })
  }

  async wrap(keyId: string, dataKey: Buffer, binding: Buffer): Promise<Buffer> {
    const body = {
      plaintext: dataKey.toString('base64'),
      associated_data: binding.toString('base64'),
      key_version: await this.#versionOf(keyId),
    }
    const reply = await this.#ask('POST', `encrypt/${encodeURIComponent(this.#settings.key)}`, body, keyId)
    return Buffer.from(EncryptReply.parse(reply, 'The key service’s answer').data.ciphertext)
  }

  async unwrap(keyId: string, wrapped: Buffer, binding: Buffer): Promise<Buffer> {
    const version = await this.#versionOf(keyId)
    const ciphertext = wrapped.toString('latin1')
    if (!ciphertext.startsWith(`vault:v${version}:`)) throw refused(keyId)
    const body = { ciphertext, associated_data: binding.toString('base64') }
    const reply = await this.#ask('POST', `decrypt/${encodeURIComponent(this.#settings.key)}`, body, keyId)
    return Buffer.from(DecryptReply.parse(reply, 'The key service’s answer').data.plaintext, 'base64')
  }

  #idOf(version: number): string {
    return `${this.#settings.key}:v${version}`
  }

  async #versionOf(keyId: string): Promise<number> {
    const find = () => this.#versions.find(({ id }) => id === keyId)
    if (!find()) await this.refresh()
    const found = find()
    if (!found) throw unknown(keyId)
    if (found.state === 'destroyed') throw destroyed(keyId)
    return Number(keyId.slice(this.#settings.key.length + 2))
  }

  async #ask(method: string, path: string, body: object | undefined, keyId: string): Promise<unknown> {
    const { url, token } = this.#settings
    let response: Response
    let reply: unknown
    try {
      response = await this.#fetch(`${url.replace(/\/$/, '')}/${path}`, {
        method,
        headers: { 'x-vault-token': token, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      reply = await response.json()
    } catch {
      // Whatever it says could hold the data key.
      throw keyServiceAway('The key service cannot be reached')
    }
    if (response.ok) return reply
    if (response.status === 404) throw unknown(keyId)
    if (response.status !== 400) {
      throw keyServiceAway(`The key service answered ${response.status}`)
    }
    // Every refusal is a 400, and only its words tell which; these are OpenBao 2.7's.
    const words = Refusal.is(reply) ? reply.errors.join() : ''
    if (words.includes('encryption key not found')) throw unknown(keyId)
    if (words.includes('(too old)')) throw destroyed(keyId)
    throw refused(keyId)
  }
}

const refused = (keyId: string): KeyringError =>
  new KeyringError('unwrap_refused', keyId, 'The key service refuses it: it was changed, or belongs elsewhere')
const unknown = (keyId: string): KeyringError =>
  new KeyringError('key_unknown', keyId, `The key service has no key ${keyId}`)
const destroyed = (keyId: string): KeyringError =>
  new KeyringError('key_destroyed', keyId, `The key ${keyId} has been destroyed`)
