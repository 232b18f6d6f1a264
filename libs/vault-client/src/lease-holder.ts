import { CartlyError } from '@cartly/contracts'
import type { BusClient } from '@cartly/messaging'
import type { Lease, LeaseAsk } from './lease.ts'
import { requestLeases, type LeaseOperation } from './request-leases.ts'

/** The leases that a service holds: in memory alone, each until its end. */
export interface LeaseHolder {
  /**
   * The credential, from memory while its lease lasts. A lease in the last fifth of its time is renewed in the background.
   * Asks at one moment travel in one request, and asks for the same credential share one.
   * @throws CartlyError `not_found` when there is no such credential; `forbidden` when this service may not have it;
   * `unavailable` or `timeout` when the vault cannot be asked and no lease is left.
   */
  lease(ask: LeaseAsk): Promise<Lease>
  /** Forgets what belongs to this owner, or is this credential; the next ask goes to the vault. */
  invalidate(id: string): void
  /** Forgets everything. */
  close(): void
}

export interface LeaseHolderOptions {
  readonly bus: BusClient
  /** The service's own: `vault.leaseToExecutor`, … */
  readonly operation: LeaseOperation
}

/** Asks in one request at most, well under what the bus carries. */
const BATCH = 200
const RENEW_AFTER = 0.8
const SWEEP_EVERY_MS = 5_000

interface Held {
  readonly ask: LeaseAsk
  readonly lease: Lease
  readonly renewAt: number
}

interface Waiting {
  readonly ask: LeaseAsk
  readonly resolve: (lease: Lease) => void
  readonly reject: (error: unknown) => void
}

export function createLeaseHolder({ bus, operation }: LeaseHolderOptions): LeaseHolder {
  const held = new Map<string, Held>()
  const pending = new Map<string, Promise<Lease>>()
  let queue: Waiting[] = []

  // A secret must not outstay its lease because nobody asks for it again.
  const sweep = setInterval(() => {
    const now = Date.now()
    for (const [key, { lease }] of held) if (lease.expiresAt <= now) held.delete(key)
  }, SWEEP_EVERY_MS).unref()

  const send = (): void => {
    const waiting = queue
    queue = []
    for (let from = 0; from < waiting.length; from += BATCH) void answer(waiting.slice(from, from + BATCH))
  }

  const answer = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      const results = await requestLeases(
        bus,
        operation,
        batch.map(({ ask }) => ask),
      )
      for (const [index, { resolve, reject }] of batch.entries()) {
        const result = results[index]
        if (result === undefined || result instanceof CartlyError) reject(result)
        else resolve(result)
      }
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  const ask = (key: string, request: LeaseAsk): Promise<Lease> => {
    const asked = new Promise<Lease>((resolve, reject) => {
      if (queue.push({ ask: request, resolve, reject }) === 1) setImmediate(send)
    })
    const kept = asked.then(
      (lease) => {
        // Otherwise it was invalidated on the way.
        if (pending.get(key) === kept) {
          pending.delete(key)
          const now = Date.now()
          held.set(key, { ask: request, lease, renewAt: now + (lease.expiresAt - now) * RENEW_AFTER })
        }
        return lease
      },
      (error: unknown) => {
        if (pending.get(key) === kept) pending.delete(key)
        throw error
      },
    )
    pending.set(key, kept)
    return kept
  }

  return {
    lease(request) {
      const key = `${request.storeId}/${request.ownerId}/${request.purpose}`
      const found = held.get(key)
      const now = Date.now()
      if (found && found.lease.expiresAt > now) {
        // When this fails, the lease still lasts, and the next ask tries again.
        if (found.renewAt <= now && !pending.has(key)) ask(key, request).catch(() => undefined)
        return Promise.resolve(found.lease)
      }
      return pending.get(key) ?? ask(key, request)
    },

    invalidate(id) {
      for (const [
        key,
        {
          ask: { ownerId },
          lease,
        },
      ] of held) {
        if (ownerId === id || lease.credentialId === id) held.delete(key)
      }
      // Which credential an ask on its way will bring is not known yet: what was lent before now must not be kept.
      for (const key of pending.keys()) if (id.startsWith('cred_') || key.split('/')[1] === id) pending.delete(key)
    },

    close() {
      clearInterval(sweep)
      held.clear()
      pending.clear()
    },
  }
}
