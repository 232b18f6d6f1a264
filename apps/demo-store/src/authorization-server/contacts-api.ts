import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import type { Provider } from 'oidc-provider'
import type { Behaviours } from '../behaviour.ts'

export interface Contact {
  readonly id: string
  readonly email: string
  readonly [field: string]: unknown
}

/**
 * "Harbor Mail", a made-up mailing service that asks for a bearer token: `GET /api/account`, `GET /api/contacts`
 * (scope `contacts.read`), `POST /api/contacts` (`contacts.write`), where the same e-mail is one contact.
 */
export class ContactsApi {
  readonly #provider: Provider
  readonly #behaviours: Behaviours
  readonly #contacts = new Map<string, Contact>()

  /** @param behaviours of which it knows `status`: what it was asked is not done */
  constructor(provider: Provider, behaviours: Behaviours) {
    this.#provider = provider
    this.#behaviours = behaviours
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://api')
    const behaviour = this.#behaviours.for({ method: request.method ?? 'GET', path: pathname })
    if (behaviour?.kind === 'status' && behaviour.status !== 401) {
      return send(response, behaviour.status, { error: 'told_to' })
    }
    const token = behaviour ? undefined : await this.#token(request.headers.authorization)
    if (!token) return refuse(response, 401, 'invalid_token', 'The access token is missing, expired or revoked')
    switch (`${request.method} ${pathname}`) {
      case 'GET /api/account':
        return send(response, 200, { account: token.accountId ?? token.clientId, plan: 'sandbox' })
      case 'GET /api/contacts':
        if (!token.scopes.has('contacts.read')) return refuse(response, 403, 'insufficient_scope', 'contacts.read')
        return send(response, 200, { contacts: [...this.#contacts.values()] })
      case 'POST /api/contacts':
        if (!token.scopes.has('contacts.write')) return refuse(response, 403, 'insufficient_scope', 'contacts.write')
        return this.#save((await json(request)) as Partial<Contact>, response)
      default:
        return send(response, 404, { error: 'not_found' })
    }
  }

  async #token(
    authorization = '',
  ): Promise<{ accountId?: string | undefined; clientId?: string | undefined; scopes: Set<string> } | undefined> {
    const value = /^Bearer (\S+)$/.exec(authorization)?.[1]
    if (!value) return undefined
    return (await this.#provider.AccessToken.find(value)) ?? (await this.#provider.ClientCredentials.find(value))
  }

  #save(given: Partial<Contact>, response: ServerResponse): void {
    if (!given.email?.includes('@')) return send(response, 422, { error: 'invalid_email' })
    const known = this.#contacts.get(given.email)
    const contact = { ...known, ...given, email: given.email, id: known?.id ?? `contact_${this.#contacts.size + 1}` }
    this.#contacts.set(contact.email, contact)
    send(response, known ? 200 : 201, contact)
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function refuse(response: ServerResponse, status: number, error: string, description: string): void {
  response.setHeader('www-authenticate', `Bearer error="${error}", error_description="${description}"`)
  send(response, status, { error, error_description: description })
}
