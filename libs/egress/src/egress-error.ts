/**
 * Every way a request to the outside can fail, as a closed set.
 *
 * | code | the request |
 * |---|---|
 * | `blocked_address` | points at a network or port that requests may not reach |
 * | `invalid_url` | has an address that cannot be used: not a URL, wrong scheme, credentials in it |
 * | `dns_not_found` | names a host that does not exist |
 * | `dns_failed` | names a host whose name servers failed or did not answer |
 * | `connect_refused` | found nobody listening, or no route to the address |
 * | `connect_timeout` | got no connection in time, or none became free |
 * | `tls_invalid` | met a certificate or handshake that cannot be trusted |
 * | `first_byte_timeout` | was accepted, and no answer began in time |
 * | `total_timeout` | got an answer that was not complete in time |
 * | `connection_reset` | lost its connection |
 * | `response_too_large` | got more bytes than the limit |
 * | `header_too_large` | got headers over the limit |
 * | `decompression_limit` | got an answer that unpacks to more bytes than the limit |
 * | `protocol_error` | got something that is not HTTP, or could not be written as HTTP |
 * | `aborted` | was called off by the caller, or came after `close()` |
 */
export type EgressErrorCode =
  | 'blocked_address'
  | 'invalid_url'
  | 'dns_not_found'
  | 'dns_failed'
  | 'connect_refused'
  | 'connect_timeout'
  | 'tls_invalid'
  | 'first_byte_timeout'
  | 'total_timeout'
  | 'connection_reset'
  | 'response_too_large'
  | 'header_too_large'
  | 'decompression_limit'
  | 'protocol_error'
  | 'aborted'

/** What opening a connection took, in milliseconds. All 0 on a connection that was open already. */
export interface ConnectionTimings {
  /** Resolving the name; 0 for a literal address. */
  readonly dns: number
  /** From the resolved name to the TCP connection. */
  readonly connect: number
  /** The TLS handshake; 0 for plain HTTP. */
  readonly tls: number
}

/** Where one exchange spent its time, in milliseconds. */
export interface Timings extends ConnectionTimings {
  /** From handing the request to the connection until the answer's headers were in; 0 if none came. */
  readonly firstByte: number
  /** From the call until the result, with everything between: queueing, connecting, body. */
  readonly total: number
}

/** The timings of an exchange that never left. */
export const NO_TIMINGS: Timings = Object.freeze({ dns: 0, connect: 0, tls: 0, firstByte: 0, total: 0 })

/**
 * A request to the outside that got no usable answer.
 *
 * `message` is written for the person who configured the address: it names the host, never a path, a query, a header
 * or a resolved private address, so it may be shown and stored. No `cause` is kept for the same reason.
 */
export class EgressError extends Error {
  override readonly name = 'EgressError'
  readonly code: EgressErrorCode
  /**
   * Whether bytes of the request may have reached the other side. `false` is a promise that it saw nothing, so the
   * request can be repeated; `true` leaves the outcome unknown.
   */
  readonly sent: boolean
  readonly timings: Timings

  constructor(
    code: EgressErrorCode,
    message: string,
    { sent = false, timings = NO_TIMINGS }: { sent?: boolean; timings?: Timings } = {},
  ) {
    super(message)
    this.code = code
    this.sent = sent
    this.timings = timings
  }
}
