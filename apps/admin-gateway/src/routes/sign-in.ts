import { CartlyError, invalid } from '@cartly/contracts'
import { Type } from 'typebox'
import { Answer } from '../api/answer.ts'
import { route, type Call, type Route } from '../api/route.ts'
import { sessionCookies } from '../auth/session.ts'
import { readParameters } from '../oauth-callback/callback-parameters.ts'
import type { OidcSignIn } from '../sign-in/oidc-sign-in.ts'
import { forgetPendingCookie, pendingCookie, readPending, SIGN_IN_COOKIE } from '../sign-in/pending-sign-in.ts'
import { signInPage, signInPages } from '../sign-in/sign-in-page.ts'

export const SignIn = Type.Object({
  signInUrl: Type.Optional(Type.String({ description: 'Send the browser there; absent when only sign-in links work' })),
  signOutUrl: Type.Optional(
    Type.String({
      description: 'Ends the session at the identity provider; the session here ends by `DELETE /session`',
    }),
  ),
})

const tag = 'Session'
const common = { method: 'GET', tag, scopes: 'public', params: {} } as const

/** How people sign in to the console at the platform's identity provider, where one is set up (`AUTH_OIDC_*`). */
export const signInRoutes: readonly Route[] = [
  route({
    ...common,
    id: 'getSignIn',
    path: '/auth',
    summary: 'Read how people sign in to the console',
    response: SignIn,
    handle: async ({ signIn }) => {
      if (!signIn) return {}
      // Whether one can sign in is known without the identity provider.
      const signOutUrl = await signIn.signOutUrl().catch(() => undefined)
      return { signInUrl: '/auth/login', ...(signOutUrl === undefined ? {} : { signOutUrl }) }
    },
  }),
  route({
    ...common,
    id: 'beginSignIn',
    path: '/auth/login',
    summary: 'Begin to sign in at the identity provider',
    description: 'OpenID Connect, authorization code with PKCE; a cookie ties it to this browser for ten minutes.',
    query: {
      returnTo: Type.Optional(Type.String({ maxLength: 1_024, description: 'Path in the console to come back to' })),
    },
    redirects: 'To the identity provider',
    problems: [404],
    handle: async ({ query, publicUrl, ...call }) => {
      const { url, pending } = await configured(call).begin(addressWithin(publicUrl, query.returnTo ?? '/'))
      return new Answer(302, { location: url, 'set-cookie': pendingCookie(pending, isSecure(publicUrl)) })
    },
  }),
  route({
    ...common,
    id: 'endSignIn',
    path: '/auth/callback',
    summary: 'Where the identity provider sends the browser back to',
    description: 'Sets the session cookie, or answers with a page for the person who came.',
    openQuery: true,
    redirects: 'Into the console, signed in',
    problems: [404],
    produces: 'text/html',
    pages: signInPages,
    handle: async ({ query, request, publicUrl, ...call }) => {
      const signIn = configured(call)
      const forget = forgetPendingCookie(isSecure(publicUrl))
      const pending = readPending(request.cookies[SIGN_IN_COOKIE])
      const outcome = await signIn.finish(readParameters(query as Record<string, unknown>), pending)
      if ('failure' in outcome) return signInPage(outcome.failure, publicUrl, forget)
      const cookies = [forget, ...sessionCookies(outcome.token, outcome.caller, isSecure(publicUrl))]
      return new Answer(302, { location: outcome.returnTo, 'set-cookie': cookies })
    },
  }),
]

const isSecure = (publicUrl: string): boolean => publicUrl.startsWith('https:')

function configured({ signIn }: Pick<Call, 'signIn'>): OidcSignIn {
  if (signIn) return signIn
  throw new CartlyError('not_found', 'no_identity_provider', 'No identity provider is set up; use a sign-in link')
}

/**
 * The whole address, as a path alone could be read as another host's (`//evil.example`).
 * @throws CartlyError `invalid` when it leads anywhere else (an open redirect).
 */
function addressWithin(publicUrl: string, path: string): string {
  const url = path.startsWith('/') && URL.canParse(path, publicUrl) ? new URL(path, publicUrl) : undefined
  if (url?.origin === new URL(publicUrl).origin) return url.href
  const error = { pointer: '/returnTo', message: 'must be a path of the console' }
  throw invalid('invalid_input', `The query is not valid: returnTo ${error.message}`, [error])
}
