import { queryOptions } from '@tanstack/react-query'
import { statusOf } from '../api/api-error.ts'
import { answered, api, type Schemas } from '../api/client.ts'

export type Session = Schemas['Session']

/** Who is signed in; `null` for nobody. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: Infinity,
  queryFn: async (): Promise<Session | null> => {
    const token = takeTokenFromAddress()
    if (token) return signIn(token)
    return answered(api.GET('/session')).catch((error: unknown) => {
      if (statusOf(error) === 401) return null
      throw error
    })
  },
})

/** Trades a sign-in token for the session cookie. The token is kept nowhere. */
export const signIn = (token: string): Promise<Session> =>
  answered(api.POST('/session', { headers: { authorization: `Bearer ${token}` } }))

/** How people sign in at the identity provider, where one is set up. */
export const signInQuery = queryOptions({
  queryKey: ['sign-in'],
  staleTime: Infinity,
  queryFn: () => answered(api.GET('/auth')),
})

/** Ends the session here. @returns where it is ended at the identity provider too, if it was begun there. */
export async function signOut(): Promise<string | undefined> {
  await answered(api.DELETE('/session'))
  // Here it is over, whether or not that can be said.
  const ways = await answered(api.GET('/auth')).catch(() => undefined)
  return ways?.signOutUrl
}

/**
 * The token of a sign-in link, `#token=…`. It leaves the address bar and the history before anything else happens; being
 * a fragment, it was never sent to a server.
 */
function takeTokenFromAddress(): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get('token')
  if (!token) return undefined
  history.replaceState(history.state, '', location.pathname + location.search)
  return token
}

export type Scope =
  | 'integrations:read'
  | 'integrations:write'
  | 'credentials:write'
  | 'webhooks:read'
  | 'webhooks:write'
  | 'executions:read'
  | 'executions:replay'

export const mayUse = ({ scopes }: Session, scope: Scope): boolean => scopes.includes(scope) || scopes.includes('admin')
