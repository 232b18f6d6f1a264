import { compileSchema } from '@cartly/contracts'
import type { Fetch } from '@cartly/egress'
import { Type } from 'typebox'
import {
  KeyringError,
  keyServiceAway,
  type Keyring,
  type KeyringErrorCode,
  type KeyringKey,
} from '../domain/keyring.ts'
import { awsSignature, type AwsCredentials } from './aws-signature.ts'

export interface AwsKmsSettings {
  readonly region: string
  /** ARNs of symmetric keys; the first wraps, the others unwrap what they have wrapped. */
  readonly keys: readonly [string, ...string[]]
  readonly credentials: AwsCredentials
  /** `https://kms.<region>.amazonaws.com` unless said. */
  readonly endpoint?: string
}

const EncryptReply = compileSchema(Type.Object({ CiphertextBlob: Type.String() }))
const DecryptReply = compileSchema(Type.Object({ Plaintext: Type.String() }))

const meaning: Readonly<Record<string, KeyringErrorCode>> = {
  InvalidCiphertextException: 'unwrap_refused',
  IncorrectKeyException: 'unwrap_refused',
  NotFoundException: 'key_unknown',
  KMSInvalidStateException: 'key_destroyed',
}

const words: Readonly<Record<KeyringErrorCode, string>> = {
  unwrap_refused: 'AWS KMS refuses it: it was changed, or belongs elsewhere',
  key_unknown: 'AWS KMS does not know the key',
  key_destroyed: 'AWS KMS cannot use the key in the state that it is in: it is scheduled for deletion',
}

const away = keyServiceAway('AWS KMS cannot be used now')

/**
 * Keys at AWS KMS, changed there. The binding travels as encryption context, by its Base64.
 * https://docs.aws.amazon.com/kms/latest/APIReference/
 */
export class AwsKmsKeyring implements Keyring {
  readonly #settings: AwsKmsSettings
  readonly #fetch: Fetch

  constructor(settings: AwsKmsSettings, fetch: Fetch) {
    this.#settings = settings
    this.#fetch = fetch
  }

  primary(): string {
    return this.#settings.keys[0]
  }

  keys(): readonly KeyringKey[] {
    return this.#settings.keys.map((id, index) => ({ id, state: index === 0 ? 'primary' : 'decrypt-only' }))
  }

  async refresh(): Promise<void> {}

  async wrap(keyId: string, dataKey: Buffer, binding: Buffer): Promise<Buffer> {
    const reply = await this.#ask('Encrypt', keyId, { Plaintext: dataKey.toString('base64') }, binding)
    return Buffer.from(EncryptReply.parse(reply, 'The answer of AWS KMS').CiphertextBlob, 'base64')
  }

  async unwrap(keyId: string, wrapped: Buffer, binding: Buffer): Promise<Buffer> {
    const reply = await this.#ask('Decrypt', keyId, { CiphertextBlob: wrapped.toString('base64') }, binding)
    return Buffer.from(DecryptReply.parse(reply, 'The answer of AWS KMS').Plaintext, 'base64')
  }

  async #ask(action: 'Encrypt' | 'Decrypt', keyId: string, content: object, binding: Buffer): Promise<unknown> {
    const { region, keys, credentials, endpoint = `https://kms.${region}.amazonaws.com` } = this.#settings
    if (!keys.includes(keyId)) throw new KeyringError('key_unknown', keyId, `The keyring has no key ${keyId}`)
    const url = new URL('/', endpoint)
    const body = JSON.stringify({
      KeyId: keyId,
      ...content,
      EncryptionContext: { binding: binding.toString('base64') },
    })
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${action}` }
    const { host: _host, ...signed } = awsSignature({ url, headers, body }, credentials, {
      region,
      service: 'kms',
      at: new Date(),
    })
    let response: Response
    let reply: unknown
    try {
      response = await this.#fetch(url, { method: 'POST', headers: signed, body })
      reply = await response.json()
    } catch {
      // Whatever it says could hold the data key.
      throw away
    }
    if (response.ok) return reply
    const type =
      String((reply as Record<string, unknown> | null)?.['__type'])
        .split('#')
        .at(-1) ?? ''
    const code = meaning[type]
    throw code ? new KeyringError(code, keyId, words[code]) : away
  }
}
