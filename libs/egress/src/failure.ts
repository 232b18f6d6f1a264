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

type Explanation = readonly [EgressErrorCode, string]

function explain(error: unknown, host: string): Explanation {
  const cause = rootCause(error)
  const explained = BY_CODE[cause.code ?? '']
  if (explained) return [explained[0], explained[1].replace('{host}', host)]
  if (cause.code?.startsWith('HPE_HEADER_OVERFLOW')) return BY_CODE['UND_ERR_HEADERS_OVERFLOW'] as Explanation
  if (cause.code?.startsWith('HPE_')) return ['protocol_error', `${host} answered with something that is not HTTP/1.1.`]
  if (cause.code?.startsWith('ERR_SSL_') || cause.code === 'EPROTO') {
    return ['tls_invalid', `The TLS handshake with ${host} failed; is this an https port?`]
  }
  if (cause.code?.startsWith('Z_') || cause.code?.startsWith('ERR__ERROR_FORMAT')) {
    return ['protocol_error', `${host} sent a body that does not match its content-encoding.`]
  }
  if (/cert|certificate/i.test(cause.code ?? ''))
    return ['tls_invalid', `The certificate of ${host} cannot be trusted.`]
  return ['protocol_error', `The exchange with ${host} failed (${cause.code ?? cause.name}).`]
}

/** got wraps errors, and trying several addresses collects them; the first with a known code is the one to tell. */
function rootCause(error: unknown): NodeJS.ErrnoException {
  if (error instanceof AggregateError) {
    const known = error.errors.find((each: NodeJS.ErrnoException) => each.code !== undefined && each.code in BY_CODE)
    return known ?? error
  }
  return error instanceof Error ? error : new Error('not an error')
}

const tls = (why: string): Explanation => ['tls_invalid', `The certificate of {host} ${why}.`]
const unreachable: Explanation = ['connect_refused', '{host} cannot be reached from here.']
const reset: Explanation = ['connection_reset', '{host} closed the connection before its answer was complete.']
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
  UND_ERR_HEADERS_OVERFLOW: ['header_too_large', 'The headers of the answer are larger than the limit.'],
  UND_ERR_INVALID_ARG: ['protocol_error', 'A header or the path for {host} holds characters HTTP does not allow.'],
  UND_ERR_ABORTED: ['aborted', 'The request to {host} was called off.'],
  UND_ERR_DESTROYED: ['aborted', 'The request to {host} was called off.'],
  UND_ERR_CLOSED: ['aborted', 'The request to {host} was called off.'],
  ERR_ABORTED: ['aborted', 'The request to {host} was called off.'],
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
