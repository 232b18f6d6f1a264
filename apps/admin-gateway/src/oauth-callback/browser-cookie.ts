import { fastifyCookie } from '@fastify/cookie'

/** Ties an authorization to the browser that began it (RFC 9700 section 4.7.1). */
export const OAUTH_COOKIE = 'cartly_oauth'

/** Sent to that connection's own callback alone, so that several can be under way in one browser. */
const pathOf = (connectionKey: string): string => `/oauth/callback/${connectionKey}`

/** `SameSite=Lax`: the browser comes back from the service's site by a link, which `Strict` would leave without it. */
const settings = (connectionKey: string, publicUrl: string) =>
  ({ path: pathOf(connectionKey), httpOnly: true, sameSite: 'lax', secure: publicUrl.startsWith('https:') }) as const

export const browserCookie = (
  begun: { connectionKey: string; browserToken: string; expiresAt: string },
  publicUrl: string,
): string =>
  fastifyCookie.serialize(OAUTH_COOKIE, begun.browserToken, {
    ...settings(begun.connectionKey, publicUrl),
    expires: new Date(begun.expiresAt),
  })

export const forgetBrowserCookie = (connectionKey: string, publicUrl: string): string =>
  fastifyCookie.serialize(OAUTH_COOKIE, '', { ...settings(connectionKey, publicUrl), expires: new Date(0) })
