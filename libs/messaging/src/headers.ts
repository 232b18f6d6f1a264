/** Headers of a request on the bus, beside `traceparent`. */
export const busHeaders = {
  /** Milliseconds since the epoch after which nobody waits for the answer. */
  deadline: 'Cartly-Deadline',
  /** On whose behalf: `user:<subject of the token>` or `service:<name>`. */
  actor: 'Cartly-Actor',
  /** Makes a command that is sent again the same command. */
  commandId: 'Cartly-Command-Id',
  /** Set on a reply that is a `BusError`. */
  error: 'Cartly-Error',
} as const
