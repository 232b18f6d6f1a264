import type { OAuthSpec } from './client.ts'

/** A token endpoint that answered with something other than tokens or an OAuth error. */
export class TokenEndpointStatus extends Error {
  readonly status: number
  readonly retryAfterMs: number | undefined

  constructor(status: number, retryAfterMs: number | undefined) {
    super(`The token endpoint answered ${status}`)
    this.name = 'TokenEndpointStatus'
    this.status = status
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * Services' dialects turned into what RFC 6749 section 5 says, so that one strict reader does for all:
 * a form-encoded body; an error, or `ok: false`, under status 200; 201; a missing `token_type`; an `expires_in` that is no
 * number; a refresh token that is null or empty; scopes as a list or with separators of their own; an id token, which
 * nobody here asks for.
 * @throws TokenEndpointStatus for a failure that is no OAuth error
 */
export async function normaliseReply(spec: OAuthSpec, response: Response): Promise<Response> {
  // Whatever else it says, it has not decided on the grant.
  if (response.status >= 500 || response.status === 429) {
    throw new TokenEndpointStatus(response.status, retryAfterOf(response))
  }
  const body = parseBody(await response.text())
  const error = body && errorOf(body)
  if (error !== undefined) {
    const status = response.status >= 400 ? response.status : 400
    return json(status, {
      error,
      ...(text(body?.['error_description']) ? { error_description: text(body?.['error_description']) } : {}),
    })
  }
  if (!response.ok) throw new TokenEndpointStatus(response.status, retryAfterOf(response))
  return json(200, body ? tokensIn(spec, body) : {})
}

/**
 * For replies that hold nothing: RFC 7009 wants no more than their status looked at, but some refuse under status 200.
 * @throws TokenEndpointStatus for an error in the body
 */
export async function refuseError(response: Response): Promise<Response> {
  const text = await response.text()
  const body = parseBody(text)
  if (response.ok && body && errorOf(body) !== undefined) throw new TokenEndpointStatus(response.status, undefined)
  return new Response(text, { status: response.status, headers: response.headers })
}

/** What the service calls its error; undefined when it is none. */
function errorOf(body: Record<string, unknown>): string | undefined {
  const named = text(body['error']) ?? text((body['error'] as { code?: unknown } | null | undefined)?.code)
  if (named !== undefined) return named
  return body['ok'] === false || body['success'] === false ? 'unspecified_error' : undefined
}

function tokensIn(spec: OAuthSpec, body: Record<string, unknown>): Record<string, unknown> {
  const { id_token: _idToken, token_type, expires_in, refresh_token, scope, ...rest } = body
  const seconds = typeof expires_in === 'string' && expires_in.trim() !== '' ? Number(expires_in) : expires_in
  // A template that says where the token goes has said what type it is.
  const type = spec.tokenPlacement === undefined ? (text(token_type) ?? 'Bearer') : 'Bearer'
  const scopes = scopesIn(spec, scope)
  return {
    ...rest,
    token_type: type,
    ...(typeof seconds === 'number' && seconds > 0 && Number.isFinite(seconds) ? { expires_in: seconds } : {}),
    ...(text(refresh_token) === undefined ? {} : { refresh_token }),
    ...(scopes === undefined ? {} : { scope: scopes.join(' ') }),
  }
}

function scopesIn({ scopeSeparator = ' ' }: OAuthSpec, scope: unknown): string[] | undefined {
  if (Array.isArray(scope)) return scope.filter((one): one is string => typeof one === 'string')
  const line = text(scope)
  return line?.split(line.includes(scopeSeparator) ? scopeSeparator : /[\s,]+/).filter((one) => one !== '')
}

function parseBody(body: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(body) as unknown
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    const form = new URLSearchParams(body)
    return form.has('access_token') || form.has('error') ? Object.fromEntries(form) : undefined
  }
}

function retryAfterOf(response: Response): number | undefined {
  const value = response.headers.get('retry-after')
  if (value === null) return undefined
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now()
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

const json = (status: number, body: object): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
