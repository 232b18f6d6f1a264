import { createHash } from 'node:crypto'
import { CartlyError } from '@cartly/contracts'
import { fastifyCookie } from '@fastify/cookie'
import type { FastifyRequest } from 'fastify'
import type { Caller } from './caller.ts'

/** Holds the console's token out of the reach of scripts. The gateway keeps no sessions: the cookie is the token itself. */
export const SESSION_COOKIE = 'cartly_session'

/** A page of another origin cannot set it without being asked first (CORS), and is not allowed to. */
export const CSRF_HEADER = 'x-cartly-console'

const readOnly = new Set(['GET', 'HEAD', 'OPTIONS'])

/** The token of a request: from its `Authorization` header, else from the session cookie; never from the URL. */
export function tokenOf(request: FastifyRequest): { token: string; via: Caller['via'] } {
  const { authorization } = request.headers
  if (authorization !== undefined) {
    const [, token] = /^Bearer +([\w.~+/-]+=*) *$/i.exec(authorization) ?? []
    if (!token) throw new CartlyError('unauthenticated', 'invalid_token', 'Authorization must be Bearer <token>')
    return { token, via: 'header' }
  }
  const token = request.cookies[SESSION_COOKIE]
  if (token) return { token, via: 'cookie' }
  throw new CartlyError('unauthenticated', 'missing_token', 'Send a token: Authorization: Bearer <token>')
}

/**
 * Holds off cross-site request forgery where the browser sent the cookie by itself: a change needs the console's header
 * and an `Origin` that is this host. (`SameSite=Strict` alone lets other ports of the same host through.)
 * @throws CartlyError `forbidden`
 */
export function assertSameOrigin({ method, headers }: FastifyRequest): void {
  if (readOnly.has(method)) return
  const { origin, host } = headers
  const same = origin !== undefined && URL.canParse(origin) && new URL(origin).host === host
  if (same && headers[CSRF_HEADER] !== undefined) return
  const message = `A change with the session cookie must come from the console itself, with the header ${CSRF_HEADER}`
  throw new CartlyError('forbidden', 'cross_site_request', message)
}

/** Browsers keep cookies of up to 4 KiB, their names and settings included. */
const MAX_TOKEN_LENGTH = 3_800

/** @throws CartlyError `too_large` */
export function assertFitsCookie(token: string): void {
  if (token.length <= MAX_TOKEN_LENGTH) return
  const message = 'The token does not fit into a cookie; ask for one of fewer stores'
  throw new CartlyError('too_large', 'token_too_long', message)
}

/**
 * Says who is signed in where the session cookie is not sent: to a page that another site leads to, such as the callback
 * of an authorization. It opens nothing.
 */
export const USER_COOKIE = 'cartly_user'

export const userMark = (actor: string): string => createHash('sha256').update(actor).digest('base64url')

const settings = (secure: boolean) => ({ path: '/', httpOnly: true, sameSite: 'strict', secure }) as const

/** They end with the token. */
export const sessionCookies = (token: string, { actor, expiresAt }: Caller, secure: boolean): string[] =>
  pair(token, userMark(actor), secure, new Date(expiresAt))

export const endSessionCookies = (secure: boolean): string[] => pair('', '', secure, new Date(0))

const pair = (token: string, mark: string, secure: boolean, expires: Date): string[] => [
  fastifyCookie.serialize(SESSION_COOKIE, token, { ...settings(secure), expires }),
  fastifyCookie.serialize(USER_COOKIE, mark, { ...settings(secure), sameSite: 'lax', expires }),
]
