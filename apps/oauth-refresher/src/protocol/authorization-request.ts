import { createHmac, randomBytes } from 'node:crypto'
import type { AuthorizationCodeAuth } from '@cartly/templates'
import { calculatePKCECodeChallenge } from 'oauth4webapi'

/** What makes an authorization one of its own: 256 random bits each, never stored. */
export interface AuthorizationSecrets {
  /** Comes back in the callback. */
  readonly state: string
  /** Stays in the browser that began it, in a cookie. */
  readonly browserToken: string
}

export const newAuthorizationSecrets = (): AuthorizationSecrets => ({
  state: randomBytes(32).toString('base64url'),
  browserToken: randomBytes(32).toString('base64url'),
})

/**
 * The PKCE verifier (RFC 7636), derived from what only the browser and the callback bring together. So nothing that is
 * kept here, nor the address that the service sends the browser to, is enough to redeem a code.
 */
export const verifierOf = ({ state, browserToken }: AuthorizationSecrets): string =>
  createHmac('sha256', browserToken).update(`cartly pkce ${state}`).digest('base64url')

/** The page of the service where the merchant consents. */
export async function authorizationUrl(
  spec: AuthorizationCodeAuth,
  endpoint: string,
  clientId: string,
  redirectUri: string,
  secrets: AuthorizationSecrets,
): Promise<string> {
  const url = new URL(endpoint)
  const parameters: Record<string, string> = {
    ...spec.authorizationParameters,
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    state: secrets.state,
  }
  if (spec.scopes.length > 0) {
    parameters[spec.scopeParameter ?? 'scope'] = spec.scopes.join(spec.scopeSeparator ?? ' ')
  }
  if (spec.pkce !== false) {
    parameters['code_challenge'] = await calculatePKCECodeChallenge(verifierOf(secrets))
    parameters['code_challenge_method'] = 'S256'
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}
