import { fastifyCookie } from '@fastify/cookie'
import { USER_COOKIE, userMark } from '../auth/session.ts'

/** Ties an authorization to the browser that began it, and to who was signed in there (RFC 9700 section 4.7.1). */
export const OAUTH_COOKIE = 'cartly_oauth'

/**
 * Sent to that connection's own callback alone, so that several can be under way in one browser. `SameSite=Lax`: the
 * browser comes back from the service's site by a link, which `Strict` would leave without it.
 */
const settings = (connectionKey: string, publicUrl: string) => {
  const path = `${new URL(publicUrl).pathname.replace(/\/$/, '')}/oauth/callback/${connectionKey}`
  return { path, httpOnly: true, sameSite: 'lax', secure: publicUrl.startsWith('https:') } as const
}

export const browserCookie = (
  begun: { connectionKey: string; browserToken: string; expiresAt: string },
  actor: string,
  publicUrl: string,
): string =>
  fastifyCookie.serialize(OAUTH_COOKIE, `${begun.browserToken}.${userMark(actor)}`, {
    ...settings(begun.connectionKey, publicUrl),
    expires: new Date(begun.expiresAt),
  })

/** The browser's token, unless somebody else is signed in there by now: to them the authorization does not belong. */
export function readBrowserToken(cookies: Readonly<Record<string, string | undefined>>): string | undefined {
  const [browserToken, mark] = cookies[OAUTH_COOKIE]?.split('.') ?? []
  const signedIn = cookies[USER_COOKIE]
  return signedIn === undefined || signedIn === mark ? browserToken : undefined
}

export const forgetBrowserCookie = (connectionKey: string, publicUrl: string): string =>
  fastifyCookie.serialize(OAUTH_COOKIE, '', { ...settings(connectionKey, publicUrl), expires: new Date(0) })
