import { compileSchema } from '@cartly/contracts'
import { fastifyCookie } from '@fastify/cookie'
import { Type, type Static } from 'typebox'

const PendingSignIn = Type.Object({
  state: Type.String(),
  nonce: Type.String(),
  /** Of PKCE. */
  verifier: Type.String(),
  /** Address in the console. */
  returnTo: Type.String(),
})

/** A sign-in under way. Only the browser that began it remembers it, so no other can end it (RFC 9700 section 4.7.1). */
export type PendingSignIn = Static<typeof PendingSignIn>

export const SIGN_IN_COOKIE = 'cartly_sign_in'

const LASTS_S = 600
const schema = compileSchema(PendingSignIn)

/** `SameSite=Lax`: the browser comes back from the issuer's site by a link, which `Strict` would leave without it. */
const settings = (secure: boolean) => ({ path: '/auth/callback', httpOnly: true, sameSite: 'lax', secure }) as const

export const pendingCookie = (pending: PendingSignIn, secure: boolean): string =>
  fastifyCookie.serialize(SIGN_IN_COOKIE, Buffer.from(JSON.stringify(pending)).toString('base64url'), {
    ...settings(secure),
    maxAge: LASTS_S,
  })

export const forgetPendingCookie = (secure: boolean): string =>
  fastifyCookie.serialize(SIGN_IN_COOKIE, '', { ...settings(secure), expires: new Date(0) })

/** What the browser remembers; nothing when that is not one of ours. */
export function readPending(cookie: string | undefined): PendingSignIn | undefined {
  try {
    const pending: unknown = JSON.parse(Buffer.from(cookie ?? '', 'base64url').toString())
    return schema.is(pending) ? pending : undefined
  } catch {
    return undefined
  }
}
