import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { CartlyError, compileSchema } from '@cartly/contracts'
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  jwtVerify,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose'
import { Type } from 'typebox'
import type { Caller } from './caller.ts'
import { isScope } from './scope.ts'

export interface TokenRules {
  /** Where the issuer's public keys are: `https:`, `http:` or `file:`. */
  readonly jwksUrl: string
  readonly issuer: string
  readonly audience: string
}

/** Only signatures that a verifier cannot make itself: with `HS256`, the public key would be the secret. */
const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256', 'ES384', 'RS256', 'PS256']
const CLOCK_TOLERANCE_S = 5

const Words = Type.Union([Type.String(), Type.Array(Type.String())])
const claims = compileSchema(
  Type.Object({
    sub: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    exp: Type.Number(),
    stores: Words,
    scope: Words,
  }),
)

/** Turns a bearer token (RFC 6750, RFC 7519) into the caller it speaks for. */
export class TokenVerifier {
  readonly #keys: JWTVerifyGetKey
  readonly #rules: TokenRules

  constructor(rules: TokenRules) {
    this.#rules = rules
    this.#keys = keySet(new URL(rules.jwksUrl))
  }

  /**
   * @throws CartlyError `unauthenticated` when the token is not one of the issuer's for this audience, or has ended;
   * `unavailable` when the issuer's keys cannot be had.
   */
  async verify(token: string, via: Caller['via']): Promise<Caller> {
    const payload = await this.#payload(token)
    if (!claims.is(payload)) throw invalidToken('its claims stores and scope must be lists of names')
    return {
      actor: `user:${payload.sub ?? 'unnamed'}`,
      stores: payload.stores === '*' || payload.stores.includes('*') ? '*' : words(payload.stores),
      scopes: new Set(words(payload.scope).filter(isScope)),
      expiresAt: payload.exp * 1_000,
      tokenId: createHash('sha256').update(token).digest('base64url'),
      via,
    }
  }

  async #payload(token: string): Promise<unknown> {
    const { issuer, audience } = this.#rules
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        algorithms: ALGORITHMS,
        issuer,
        audience,
        requiredClaims: ['exp'],
        clockTolerance: CLOCK_TOLERANCE_S,
      })
      return payload
    } catch (error) {
      throw translate(error)
    }
  }
}

const words = (claim: string | string[]): string[] =>
  (Array.isArray(claim) ? claim : claim.split(' ')).filter((word) => word !== '')

function keySet(url: URL): JWTVerifyGetKey {
  if (url.protocol === 'file:') return createLocalJWKSet(JSON.parse(readFileSync(url, 'utf8')) as JSONWebKeySet)
  const remote = createRemoteJWKSet(url, { timeoutDuration: 3_000 })
  return async (header, token) => {
    try {
      return await remote(header, token)
    } catch (error) {
      if (unknownKey.some((kind) => error instanceof kind)) throw error
      throw keysUnavailable(error)
    }
  }
}

/** What the token is to blame for. Any other failure to get a key is ours, and must not read as a bad token. */
const unknownKey = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported]

const keysUnavailable = (cause: unknown): CartlyError =>
  new CartlyError('unavailable', 'keys_unavailable', "The token issuer's keys cannot be fetched at the moment", {
    cause,
    retryAfterMs: 2_000,
  })

const invalidToken = (why: string): CartlyError =>
  new CartlyError('unauthenticated', 'invalid_token', `The token is not accepted: ${why}`)

function translate(error: unknown): CartlyError {
  if (error instanceof CartlyError) return error
  if (error instanceof errors.JWTExpired) return invalidToken('it has ended; ask its issuer for a new one')
  if (error instanceof errors.JWTClaimValidationFailed) return invalidToken(`its claim ${error.claim} is wrong`)
  return invalidToken("it is not signed with one of the issuer's keys")
}
