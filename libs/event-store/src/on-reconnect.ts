import type { NatsConnection } from '@nats-io/transport-node'

const listeners = new WeakMap<NatsConnection, Set<() => void>>()

/** Calls the listener after each time that the connection was lost and made anew, until the function returned is called. */
export function onReconnect(nc: NatsConnection, listener: () => void): () => void {
  let known = listeners.get(nc)
  if (!known) {
    known = new Set()
    listeners.set(nc, known)
    void watch(nc, known)
  }
  const set = known.add(listener)
  return () => void set.delete(listener)
}

/** One watch for each connection, for as long as it lives: its status iterators cannot be given back. */
async function watch(nc: NatsConnection, known: ReadonlySet<() => void>): Promise<void> {
  for await (const { type } of nc.status()) if (type === 'reconnect') for (const listener of known) listener()
}
