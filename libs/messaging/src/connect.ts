import { connect, type NatsConnection } from '@nats-io/transport-node'

export interface NatsSettings {
  /** One or more `nats://host:port`. */
  readonly servers: string | string[]
  /** The service's own NATS user; also the name of its inbox, which nobody else may read. */
  readonly user: string
  readonly password: string
}

/** The private inbox of a user: replies and pulled messages arrive below it (deploy/nats/nats.conf). */
export const inboxPrefix = (user: string): string => `_INBOX.${user}`

/**
 * Connects as a service's own user, waits for a server that is not there yet, and reconnects for ever.
 * @throws AuthorizationError when the server does not know the user.
 */
export function connectNats({ servers, user, password }: NatsSettings): Promise<NatsConnection> {
  return connect({
    servers,
    user,
    pass: password,
    name: user,
    inboxPrefix: inboxPrefix(user),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    waitOnFirstConnect: true,
    pingInterval: 20_000,
    maxPingOut: 2,
    ignoreClusterUpdates: false,
    // A stack for each request, in case it fails, costs more than the rest of it; errors name what was asked.
    noAsyncTraces: true,
  })
}
