import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { awsSignature } from '../aws-signature.ts'

export interface FakeService {
  readonly url: string
  stop(): Promise<void>
}

type Answer = { status: number; body: object }

async function serve(answer: (request: IncomingMessage, body: unknown) => Answer): Promise<FakeService> {
  const server = createServer(async (request, response) => {
    const { status, body } = answer(request, request.method === 'POST' ? await json(request) : undefined)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const seal = (key: Buffer, plaintext: Buffer, aad: Buffer): Buffer => {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad)
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}
const open = (key: Buffer, sealed: Buffer, aad: Buffer): Buffer | undefined => {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAAD(aad)
    decipher.setAuthTag(sealed.subarray(-16))
    return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()])
  } catch {
    return undefined
  }
}
const base64 = (text: string): Buffer => Buffer.from(text, 'base64')

/** The transit engine's encrypt, decrypt and read, for one key; statuses and words are those of OpenBao 2.7.2. */
export function fakeTransit(
  token: string,
): Promise<FakeService & { rotate(): void; archiveBefore(version: number): void }> {
  const versions = [randomBytes(32)]
  let minimum = 1
  const refuse = (status: number, ...errors: string[]): Answer => ({ status, body: { errors } })
  const service = serve((request, body) => {
    if (request.headers['x-vault-token'] !== token) return refuse(403, 'permission denied')
    const asked = body as { plaintext?: string; ciphertext?: string; associated_data?: string; key_version?: number }
    const aad = base64(asked?.associated_data ?? '')
    switch (request.url) {
      case '/v1/transit/keys/cartly': {
        const usable = versions.map((_, index) => index + 1).filter((version) => version >= minimum)
        const data = {
          type: 'aes256-gcm96',
          derived: false,
          latest_version: versions.length,
          min_decryption_version: minimum,
          keys: Object.fromEntries(usable.map((version) => [version, 1_795_511_757])),
        }
        return { status: 200, body: { data } }
      }
      case '/v1/transit/encrypt/cartly': {
        const version = asked.key_version ?? versions.length
        const key = versions[version - 1]
        if (!key) return refuse(400, 'requested version for encryption is higher than the latest key version')
        const sealed = seal(key, base64(asked.plaintext ?? ''), aad)
        const ciphertext = `vault:v${version}:${sealed.toString('base64')}`
        return { status: 200, body: { data: { ciphertext, key_version: version } } }
      }
      case '/v1/transit/decrypt/cartly': {
        const [, version, sealed] = /^vault:v(\d+):(.*)$/.exec(asked.ciphertext ?? '') ?? []
        if (version === undefined) return refuse(400, 'invalid ciphertext: no prefix')
        const key = versions[Number(version) - 1]
        if (!key) return refuse(400, 'invalid ciphertext: version is too new')
        if (Number(version) < minimum) {
          return refuse(400, 'ciphertext or signature version is disallowed by policy (too old)')
        }
        const plaintext = open(key, base64(sealed ?? ''), aad)
        if (!plaintext) return refuse(400, 'cipher: message authentication failed')
        return { status: 200, body: { data: { plaintext: plaintext.toString('base64') } } }
      }
      default:
        return request.method === 'GET' ? refuse(404) : refuse(400, 'encryption key not found')
    }
  })
  return service.then((running) => ({
    ...running,
    rotate: () => void versions.push(randomBytes(32)),
    archiveBefore: (version) => void (minimum = version),
  }))
}

/** Encrypt and Decrypt of AWS KMS by its API reference, with signatures checked. */
export function fakeKms(
  keys: readonly string[],
  credentials: { accessKeyId: string; secretAccessKey: string },
): Promise<FakeService> {
  const material = new Map(keys.map((key) => [key, randomBytes(32)]))
  const refuse = (type: string): Answer => ({ status: 400, body: { __type: type, message: 'refused' } })
  return serve((request, body) => {
    const asked = body as { KeyId: string; Plaintext?: string; CiphertextBlob?: string; EncryptionContext: object }
    const {
      'content-type': type,
      'x-amz-target': target,
      'x-amz-date': date,
      host,
      authorization,
    } = request.headers as Record<string, string>
    const at = new Date(date!.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
    const expected = awsSignature(
      {
        url: new URL(`http://${host}/`),
        headers: { 'content-type': type!, 'x-amz-target': target! },
        body: JSON.stringify(body),
      },
      credentials,
      { region: 'eu-central-1', service: 'kms', at },
    )
    if (authorization !== expected['authorization']) return refuse('InvalidSignatureException')
    const key = material.get(asked.KeyId)
    if (!key) return refuse('NotFoundException')
    const aad = Buffer.from(JSON.stringify(asked.EncryptionContext))
    if (target === 'TrentService.Encrypt') {
      const blob = seal(key, base64(asked.Plaintext ?? ''), aad)
      return { status: 200, body: { CiphertextBlob: blob.toString('base64'), KeyId: asked.KeyId } }
    }
    const plaintext = open(key, base64(asked.CiphertextBlob ?? ''), aad)
    return plaintext
      ? { status: 200, body: { Plaintext: plaintext.toString('base64'), KeyId: asked.KeyId } }
      : refuse('InvalidCiphertextException')
  })
}
