import { Type, type Static } from 'typebox'
import { Answer } from '../api/answer.ts'
import { route, type Route } from '../api/route.ts'
import type { Caller } from '../auth/caller.ts'
import { assertFitsCookie, CSRF_HEADER, endSessionCookies, sessionCookies } from '../auth/session.ts'

export const Session = Type.Object({
  actor: Type.String(),
  stores: Type.Union([Type.Array(Type.String()), Type.Literal('*')]),
  scopes: Type.Array(Type.String()),
  expiresAt: Type.String({ format: 'date-time' }),
})
export type Session = Static<typeof Session>

const sessionOf = ({ actor, stores, scopes, expiresAt }: Caller): Session => ({
  actor,
  stores: stores === '*' ? stores : [...stores],
  scopes: [...scopes],
  expiresAt: new Date(expiresAt).toISOString(),
})

const tag = 'Session'
const path = '/session'

/** How the console signs in: it trades the token of the sign-in link for a cookie that its scripts cannot read. */
export const sessionRoutes: readonly Route[] = [
  route({
    id: 'signIn',
    method: 'POST',
    path,
    tag,
    summary: 'Trade the bearer token for a session cookie',
    description: `With the cookie, changes must come from the same origin and carry the header \`${CSRF_HEADER}\`, of any value.`,
    scopes: [],
    params: {},
    response: Session,
    repeatable: true,
    handle: async ({ caller, request: { token }, publicUrl }) => {
      assertFitsCookie(token as string)
      const cookies = sessionCookies(token as string, caller, publicUrl.startsWith('https:'))
      return new Answer(200, { 'set-cookie': cookies }, sessionOf(caller))
    },
  }),
  route({
    id: 'getSession',
    method: 'GET',
    path,
    tag,
    summary: 'Read who is signed in, and what they may do',
    scopes: [],
    params: {},
    response: Session,
    handle: async ({ caller }) => sessionOf(caller),
  }),
  route({
    id: 'signOut',
    method: 'DELETE',
    path,
    tag,
    summary: 'End the session',
    scopes: [],
    params: {},
    handle: async ({ publicUrl }) =>
      new Answer(204, { 'set-cookie': endSessionCookies(publicUrl.startsWith('https:')) }),
  }),
]
