import { createPublicKey, verify } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { text } from 'node:stream/consumers'

const raw = Buffer.from(process.env['CARTLY_WEBHOOK_PUBLIC_KEY']!.replace('whpk_', ''), 'base64')
const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') } })

function isSigned(body: string, headers: IncomingHttpHeaders): boolean {
  const at = Number(headers['webhook-timestamp'])
  if (!(Math.abs(Date.now() / 1000 - at) < 300)) return false
  const signed = Buffer.from(`${headers['webhook-id']}.${at}.${body}`)
  return String(headers['webhook-signature'])
    .split(' ')
    .some((one) => one.startsWith('v1a,') && verify(null, signed, key, Buffer.from(one.slice(4), 'base64')))
}

createServer(async (request, response) => {
  const body = await text(request)
  if (!isSigned(body, request.headers)) return response.writeHead(401).end()
  console.log(JSON.parse(body))
  response.writeHead(204).end()
}).listen(process.env['PORT'] ?? 3000)
