import { CartlyError, type CredentialPurpose } from '@cartly/contracts'

/** The services that secrets are lent to; each by its own NATS user. */
export type Holder = 'hook-executor' | 'webhook-dispatcher' | 'oauth-refresher'

/** Whether a connector's credential is its OAuth client or what its requests carry. */
export type CredentialKind = 'requests' | 'oauth_client'

/** Which of the credential's fields the holder gets. */
export type Grant = 'all' | readonly string[]

/**
 * Who may have what (docs/vault.md): API keys and access tokens go to the executor, client secrets and refresh tokens to the
 * refresher alone, signing secrets and header values of webhooks to the dispatcher. Everything else is refused.
 * @param kind of a connector's credential
 * @throws CartlyError `forbidden`, code `not_entitled`
 */
export function entitlement(holder: Holder, purpose: CredentialPurpose, kind: CredentialKind): Grant {
  switch (holder) {
    case 'hook-executor':
      if (purpose === 'connector' && kind === 'requests') return 'all'
      if (purpose === 'oauth_tokens') return ['accessToken', 'tokenType']
      break
    case 'oauth-refresher':
      if (purpose === 'connector' && kind === 'oauth_client') return 'all'
      if (purpose === 'oauth_tokens') return 'all'
      break
    case 'webhook-dispatcher':
      if (purpose === 'webhook_secret' || purpose === 'webhook_headers') return 'all'
      break
  }
  throw new CartlyError('forbidden', 'not_entitled', `${holder} may not have this credential`)
}

export const granted = (values: Record<string, string>, grant: Grant): Record<string, string> =>
  grant === 'all' ? values : Object.fromEntries(Object.entries(values).filter(([name]) => grant.includes(name)))
