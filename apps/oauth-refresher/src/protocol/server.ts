import type { Fetch } from '@cartly/egress'
import {
  allowInsecureRequests,
  customFetch,
  discoveryRequest,
  processDiscoveryResponse,
  type AuthorizationServer,
} from 'oauth4webapi'
import type { OAuthSpec } from './client.ts'

/** Metadata of services that publish it (RFC 8414, or OpenID Connect discovery), kept for an hour. */
export class Servers {
  readonly #fetch: Fetch
  readonly #known = new Map<string, { readonly server: AuthorizationServer; readonly until: number }>()

  constructor(fetch: Fetch) {
    this.#fetch = fetch
  }

  /**
   * The service as oauth4webapi wants it: the template's endpoints, and what the metadata of its issuer adds to them.
   * A service whose metadata cannot be had is still used: the template's endpoints are enough.
   */
  async of(spec: OAuthSpec): Promise<AuthorizationServer> {
    const issuer = 'issuer' in spec ? spec.issuer : undefined
    const discovered = issuer === undefined ? undefined : await this.#discover(issuer)
    return {
      ...discovered,
      // Without an issuer there is none to compare; oauth4webapi wants a name all the same.
      issuer: issuer ?? new URL(spec.tokenUrl).origin,
      token_endpoint: spec.tokenUrl,
      ...(spec.grant === 'authorization_code' ? { authorization_endpoint: spec.authorizationUrl } : {}),
      ...(spec.revocationUrl === undefined ? {} : { revocation_endpoint: spec.revocationUrl }),
    }
  }

  async #discover(issuer: string): Promise<AuthorizationServer | undefined> {
    const known = this.#known.get(issuer)
    if (known && known.until > Date.now()) return known.server
    const server = (await this.#ask(issuer, 'oidc')) ?? (await this.#ask(issuer, 'oauth2'))
    if (server) this.#known.set(issuer, { server, until: Date.now() + METADATA_MS })
    return server
  }

  async #ask(issuer: string, algorithm: 'oidc' | 'oauth2'): Promise<AuthorizationServer | undefined> {
    try {
      const response = await discoveryRequest(new URL(issuer), {
        algorithm,
        [customFetch]: (url, options) => this.#fetch(url, options as RequestInit),
        [allowInsecureRequests]: true,
      })
      return await processDiscoveryResponse(new URL(issuer), response)
    } catch {
      return undefined
    }
  }
}

const METADATA_MS = 60 * 60_000
