import { EgressError } from '@cartly/egress'
import { ResponseBodyError } from 'oauth4webapi'
import type { Failure } from '../domain/after-failure.ts'
import { TokenEndpointStatus } from './normalise-reply.ts'

/** Errors by which a service says that this grant is over, with its own names beside those of RFC 6749 section 5.2. */
const grantOver = new Set([
  'invalid_grant',
  'bad_refresh_token',
  'invalid_refresh_token',
  'expired_token',
  'token_expired',
  'token_revoked',
  'access_denied',
  'interaction_required',
  'consent_required',
  'login_required',
  'account_inactive',
])
/** That the client itself is refused. */
const clientRefused = new Set([
  'invalid_client',
  'invalid_client_id',
  'bad_client_secret',
  'incorrect_client_credentials',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'invalid_request',
])

/** A gateway in front of the service gave up waiting for it: the service may have done what it was asked. */
const unanswered = new Set([502, 504])

/**
 * What a failed call of the token endpoint means for the grant. Only a clear word of the service ends it; what may have
 * been carried out unseen is `ambiguous`; everything else passes.
 */
export function classifyFailure(error: unknown, service: string): Failure {
  if (error instanceof EgressError) return transportFailure(error, service)
  if (error instanceof ResponseBodyError) return saidFailure(error.error, service)
  if (error instanceof TokenEndpointStatus) return statusFailure(error, service)
  return {
    class: 'ambiguous',
    code: 'unreadable_reply',
    message: `${service} answered with something that is no token, so it is not known whether the access was renewed`,
  }
}

function transportFailure({ code, message, sent }: EgressError, service: string): Failure {
  if (sent) {
    return { class: 'ambiguous', code, message: `${service} took the request, and its answer was lost: ${message}` }
  }
  const wrong = code === 'blocked_address' || code === 'invalid_url'
  return { class: wrong ? 'permanent' : 'transient', code, message: `${service} could not be reached: ${message}` }
}

function saidFailure(code: string, service: string): Failure {
  if (grantOver.has(code)) {
    const message = `${service} no longer accepts this authorization (${code}): connect again`
    return { class: 'permanent', code, message }
  }
  if (clientRefused.has(code)) {
    const message = `${service} refuses the client (${code}): check client ID, secret and scopes, then connect again`
    return { class: 'permanent', code, message }
  }
  return { class: 'transient', code: bounded(code), message: `${service} answered ${bounded(code)}; it is tried again` }
}

function statusFailure({ status, retryAfterMs }: TokenEndpointStatus, service: string): Failure {
  const code = `http_${status}`
  if (unanswered.has(status)) {
    const message = `${service} answered ${status}, so it is not known whether the access was renewed`
    return { class: 'ambiguous', code, message }
  }
  return {
    class: 'transient',
    code,
    message: `${service} answered ${status}; it is tried again`,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
}

/** An error code is the service's own text. */
const bounded = (code: string): string => (/^[\w.-]{1,64}$/.test(code) ? code : 'unknown_error')
