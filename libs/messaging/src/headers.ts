/** Headers of a request on the bus, beside `traceparent`. */
export const busHeaders = {
  /** For how many milliseconds the answer is waited for. A span, as in gRPC, because two clocks may be minutes apart. */
  timeout: 'Cartly-Timeout',
  /** On whose behalf: `user:<subject of the token>` or `service:<name>`. */
  actor: 'Cartly-Actor',
  /** Makes a command that is sent again the same command. */
  commandId: 'Cartly-Command-Id',
  /** Set on a reply that is a `BusError`. */
  error: 'Cartly-Error',
} as const
