import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose'

export const issuer = 'https://issuer.test'
export const audience = 'cartly'

/** Every scope but `admin`, which would hide that one is missing. */
export const allScopes =
  'integrations:read integrations:write credentials:write webhooks:read webhooks:write executions:read executions:replay'

/** An issuer of tokens with its key set on loopback. */
export interface TokenIssuer {
  readonly jwksUrl: string
  readonly privateKey: CryptoKey
  readonly publicJwk: object
  /** A token for the store `s1` and every scope, unless the claims say otherwise. */
  token(claims?: JWTPayload): Promise<string>
  stop(): void
}

export async function startIssuer(): Promise<TokenIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const publicJwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }
  const server = createServer((_, response) => void response.end(JSON.stringify({ keys: [publicJwk] })))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    jwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    privateKey,
    publicJwk,
    token: (claims = {}) =>
      new SignJWT({ iss: issuer, aud: audience, sub: 'ada', stores: ['s1'], scope: allScopes, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
        .setIssuedAt()
        .setExpirationTime(claims.exp ?? '5m')
        .sign(privateKey),
    stop: () => void server.close(),
  }
}
