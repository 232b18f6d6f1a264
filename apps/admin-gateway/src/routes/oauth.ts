import { ConnectorIdSchema, oauth, OAuthConnection, StoreIdSchema } from '@cartly/contracts'
import { Type } from 'typebox'
import { Answer } from '../api/answer.ts'
import { route, type Route } from '../api/route.ts'
import { browserCookie, forgetBrowserCookie, readBrowserToken } from '../oauth-callback/browser-cookie.ts'
import { callbackPage, failedCallback } from '../oauth-callback/callback-page.ts'
import { readParameters } from '../oauth-callback/callback-parameters.ts'

const tag = 'OAuth'
const write = ['credentials:write'] as const
const path = '/v1/stores/{storeId}/connectors/{connectorId}/oauth'
const params = { storeId: StoreIdSchema, connectorId: ConnectorIdSchema }

export const Authorization = Type.Object({
  authorizationUrl: Type.String({ description: "Send the browser there: the service's own page of consent" }),
  expiresAt: Type.String({ format: 'date-time' }),
})

export const oauthRoutes: readonly Route[] = [
  route({
    id: 'authorizeConnector',
    method: 'POST',
    path: `${path}/authorize`,
    tag,
    summary: 'Begin an authorization',
    description:
      'Sets a cookie that ties the callback to this browser: call it from the browser that will follow `authorizationUrl`. Each call begins another one, so `Idempotency-Key` does not apply.',
    scopes: write,
    params,
    response: Authorization,
    repeatable: true,
    handle: async ({ params: connector, caller, publicUrl, ask }) => {
      const begun = await ask(oauth.authorize, { ...connector, user: caller.actor, publicUrl })
      const { authorizationUrl, expiresAt } = begun
      return new Answer(
        200,
        { 'set-cookie': browserCookie(begun, caller.actor, publicUrl) },
        { authorizationUrl, expiresAt },
      )
    },
  }),
  route({
    id: 'getOAuthConnection',
    method: 'GET',
    path,
    tag,
    summary: 'Read the state of the authorization',
    scopes: ['integrations:read', 'credentials:write'],
    params,
    response: OAuthConnection,
    problems: [409],
    handle: ({ params: connector, ask }) => ask(oauth.get, connector),
  }),
  route({
    id: 'refreshOAuthConnection',
    method: 'POST',
    path: `${path}/refresh`,
    tag,
    summary: 'Refresh the access token now',
    scopes: write,
    params,
    response: OAuthConnection,
    handle: ({ params: connector, ask }) => ask(oauth.refresh, connector),
  }),
  route({
    id: 'connectOAuth',
    method: 'POST',
    path: `${path}/connect`,
    tag,
    summary: 'Fetch the first token of a client-credentials connector',
    description: 'For a service that needs no browser; one that does is begun with `authorize`.',
    scopes: write,
    params,
    response: OAuthConnection,
    handle: ({ params: connector, ask }) => ask(oauth.connect, connector),
  }),
  route({
    id: 'revokeOAuthConnection',
    method: 'DELETE',
    path,
    tag,
    summary: 'Give the authorization back',
    scopes: write,
    params,
    handle: async ({ params: connector, ask }) => {
      await ask(oauth.revoke, connector)
    },
  }),
  route({
    id: 'oauthCallback',
    method: 'GET',
    path: '/oauth/callback/{connectionKey}',
    tag,
    summary: 'Where a service sends the browser back to',
    description: 'Each connection has an address of its own. Answers with a page for the person who came.',
    scopes: 'public',
    params: { connectionKey: Type.String({ pattern: '^[A-Za-z0-9_-]{1,200}$' }) },
    openQuery: true,
    produces: 'text/html',
    pages: {
      200: 'It was completed, or declined',
      400: 'It was used already, or not begun here: in this browser, of this connection',
      410: 'It was begun too long ago',
      502: 'The service did not give its answer',
    },
    handle: async ({ params: { connectionKey }, query, request, publicUrl, ask }) => {
      const parameters = readParameters(query as Record<string, unknown>)
      const browserToken = readBrowserToken(request.cookies)
      const outcome = await ask(oauth.callback, { connectionKey, parameters, browserToken }).catch(failedCallback)
      return callbackPage(outcome, publicUrl, forgetBrowserCookie(connectionKey, publicUrl))
    },
  }),
]
