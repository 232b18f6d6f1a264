import type { AuthorizationCodeAuth, ClientCredentialsAuth } from '@cartly/templates'
import { ClientSecretBasic, ClientSecretPost, None, type Client, type ClientAuth } from 'oauth4webapi'
import { conflict, type Secret } from '@cartly/contracts'

/** How a template's service speaks OAuth. */
export type OAuthSpec = AuthorizationCodeAuth | ClientCredentialsAuth

/** The client that a store has registered at the service. */
export interface OAuthClient {
  readonly client: Client
  readonly authentication: ClientAuth
}

/**
 * @param values the connector's credential
 * @throws CartlyError `conflict` when the secret that the service asks for is not set
 */
export function clientOf(spec: OAuthSpec, values: Readonly<Record<string, Secret>>): OAuthClient {
  const clientId = values['clientId']?.reveal()
  if (!clientId) throw conflict('credentials_missing', 'Store the client ID and secret of the service first')
  return { client: { client_id: clientId }, authentication: authenticationOf(spec, values['clientSecret']) }
}

function authenticationOf({ clientAuth = 'basic' }: OAuthSpec, secret: Secret | undefined): ClientAuth {
  if (clientAuth === 'none') return None()
  if (!secret) throw conflict('credentials_missing', 'Store the client secret of the service first')
  return clientAuth === 'post' ? ClientSecretPost(secret.reveal()) : ClientSecretBasic(secret.reveal())
}
