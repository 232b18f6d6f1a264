import { EgressError, type EgressErrorCode, type Timings } from './egress-error.ts'

/** What an exchange knows of itself when it fails. */
export interface FailureContext {
  /** Host and port as configured, for the message. */
  readonly host: string
  readonly sent: boolean
  readonly timings: Timings
}

/** Turns whatever Node, undici or got raised into the one error callers know. */
export function toEgressError(error: unknown, { host, sent, timings }: FailureContext): EgressError {
  const [code, message] = error instanceof EgressError ? [error.code, error.message] : explain(error, host)
  return new EgressError(code, message, { sent, timings })
}

/** The deadline of an exchange has passed; how far it came decides what that is called. */
export function overdue(state: { host: string; timeoutMs: number; sent: boolean; answered: boolean }): EgressError {
  const { host, sent, answered } = state
  const within = `within ${state.timeoutMs} ms`
  if (!sent) return new EgressError('connect_timeout', `No connection to ${host} was ready ${within}.`)
  return answered
    ? new EgressError('total_timeout', `${host} did not complete its answer ${within}.`)
    : new EgressError('first_byte_timeout', `${host} took the request, but did not answer ${within}.`)
}

type Explanation = readonly [EgressErrorCode, string]

function explain(error: unknown, host: string): Explanation {
  const code = codeOf(error)
  const explained = BY_CODE[code]
  if (explained) return [explained[0], explained[1].replace('{host}', host)]
  if (code.startsWith('HPE_')) return ['protocol_error', `${host} answered with something that is not HTTP/1.1.`]
  if (code.startsWith('Z_')) return ['protocol_error', `${host} sent a body that does not match its content-encoding.`]
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') {
    return ['tls_invalid', `The TLS handshake with ${host} failed; is this an https port?`]
  }
  if (code.includes('CERT')) return ['tls_invalid', `The certificate of ${host} cannot be trusted (${code}).`]
  return ['protocol_error', `The exchange with ${host} failed${code && ` (${code})`}.`]
}

/** Node's own code of a failure. Trying several addresses collects their failures; the first that is known is told. */
function codeOf(error: unknown): string {
  const { code = '', errors = [] } = error as { code?: string; errors?: readonly NodeJS.ErrnoException[] }
  return errors.find((each) => each.code !== undefined && each.code in BY_CODE)?.code ?? code
}

const tls = (why: string): Explanation => ['tls_invalid', `The certificate of {host} ${why}.`]
const unreachable: Explanation = ['connect_refused', '{host} cannot be reached from here.']
const reset: Explanation = ['connection_reset', '{host} closed the connection before its answer was complete.']
const headerTooLarge: Explanation = ['header_too_large', 'The headers of the answer are larger than the limit.']
const calledOff: Explanation = ['aborted', 'The request to {host} was called off.']
const connectTimeout: Explanation = ['connect_timeout', '{host} did not accept the connection in time.']

const BY_CODE: Readonly<Record<string, Explanation>> = {
  ENOTFOUND: ['dns_not_found', 'The host name of {host} does not exist.'],
  ENODATA: ['dns_not_found', 'The host name of {host} has no address.'],
  EAI_AGAIN: ['dns_failed', 'The host name of {host} could not be resolved just now.'],
  ESERVFAIL: ['dns_failed', 'The name servers of {host} failed.'],
  ETIMEOUT: ['dns_failed', 'The name servers of {host} did not answer.'],
  EREFUSED: ['dns_failed', 'The name servers of {host} refused to answer.'],
  ECONNREFUSED: ['connect_refused', '{host} refused the connection; nothing is listening there.'],
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  EADDRNOTAVAIL: unreachable,
  ETIMEDOUT: connectTimeout,
  ERR_SOCKET_CONNECTION_TIMEOUT: connectTimeout,
  ECONNRESET: reset,
  EPIPE: reset,
  UND_ERR_SOCKET: reset,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: reset,
  ERR_HTTP_CONTENT_LENGTH_MISMATCH: reset,
  Z_BUF_ERROR: reset,
  HPE_HEADER_OVERFLOW: headerTooLarge,
  UND_ERR_HEADERS_OVERFLOW: headerTooLarge,
  UND_ERR_INVALID_ARG: ['protocol_error', 'A header or the path for {host} holds characters HTTP does not allow.'],
  UND_ERR_ABORTED: calledOff,
  UND_ERR_DESTROYED: calledOff,
  UND_ERR_CLOSED: calledOff,
  ERR_ABORTED: calledOff,
  ERR_TOO_MANY_REDIRECTS: ['protocol_error', '{host} redirected too many times.'],
  ERR_BODY_PARSE_FAILURE: ['protocol_error', '{host} answered with a body that cannot be read as asked.'],
  CERT_HAS_EXPIRED: tls('has expired'),
  CERT_NOT_YET_VALID: tls('is not valid yet'),
  CERT_REVOKED: tls('has been revoked'),
  ERR_TLS_CERT_ALTNAME_INVALID: tls('is for another host name'),
  DEPTH_ZERO_SELF_SIGNED_CERT: tls('is self-signed'),
  SELF_SIGNED_CERT_IN_CHAIN: tls('comes from a self-signed authority that is not trusted here'),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: tls('has an incomplete chain, or comes from an unknown authority'),
  UNABLE_TO_GET_ISSUER_CERT: tls('has an incomplete chain, or comes from an unknown authority'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: tls('has an incomplete chain, or comes from an unknown authority'),
}
