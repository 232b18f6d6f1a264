import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from 'jose'

/** A private signing key, as a JWK. */
export type IssuerKey = JWK & { kid: string }

/** Every scope that the gateway knows (`design/contract.md`, "HTTP"). */
const scopes = [
  'integrations:read',
  'integrations:write',
  'credentials:write',
  'webhooks:read',
  'webhooks:write',
  'executions:read',
  'executions:replay',
  'admin',
]

export async function newIssuerKey(): Promise<IssuerKey> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return { ...(await exportJWK(privateKey)), kid: 'local-1', alg: 'ES256', use: 'sig' }
}

/** What a token says beside who issued it, for whom and until when. */
export interface TokenClaims {
  /** Store ids, or `*` for all. */
  stores: string[] | '*'
  /** All of them if not said. */
  scope?: string
  subject?: string
  /** A span such as `30d` (the default) or `1m`. */
  expiresIn?: string
}

/** Stands in, on one machine, for the platform's own identity provider. */
export interface LocalIssuer {
  issuer: string
  audience: string
  /** Where the gateway finds the public key. */
  jwksUrl: string
  sign(claims: TokenClaims): Promise<string>
  close(): Promise<void>
}

/** Serves the public key on 127.0.0.1 and signs tokens with the private one. */
export async function startIssuer(key: IssuerKey): Promise<LocalIssuer> {
  const { d: _, ...publicKey } = key
  const body = JSON.stringify({ keys: [publicKey] })
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/jwk-set+json' }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const issuer = 'https://local.cartly.invalid'
  const audience = 'cartly-integrations'
  const privateKey = await importJWK(key)
  return {
    issuer,
    audience,
    jwksUrl: `http://127.0.0.1:${port}/jwks.json`,
    sign: ({ stores, scope = scopes.join(' '), subject = 'local-admin', expiresIn = '30d' }) =>
      new SignJWT({ stores, scope })
        .setProtectedHeader({ alg: 'ES256', kid: key.kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime(expiresIn)
        .sign(privateKey),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
