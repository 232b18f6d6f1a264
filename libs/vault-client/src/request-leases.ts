import { randomBytes } from 'node:crypto'
import { CartlyError, compileSchema, LeaseContents, type vault } from '@cartly/contracts'
import type { BusClient } from '@cartly/messaging'
import { leaseOf, unanswered, type Lease, type LeaseAsk } from './lease.ts'
import { createUnsealer } from './unsealer.ts'

/** The lease operations: which one a service may use is its NATS user's. */
export type LeaseOperation =
  | typeof vault.leaseToExecutor
  | typeof vault.leaseToDispatcher
  | typeof vault.leaseToRefresher

/** The service that an operation lends to; the vault seals to it by this name. */
export const holderOf = (operation: LeaseOperation): string => operation.name.slice('lease.'.length)

/**
 * Asks for several leases in one request, under a key pair of this request alone.
 * @returns for each ask, in order, its lease or the error that it is refused with. Errors that concern all are thrown.
 */
export async function requestLeases(
  bus: BusClient,
  operation: LeaseOperation,
  asks: readonly LeaseAsk[],
): Promise<(Lease | CartlyError)[]> {
  const unsealer = createUnsealer()
  const askedAt = Date.now()
  const nonce = randomBytes(16).toString('base64url')
  const sealed = await bus
    .request(operation, { leases: [...asks], publicKey: unsealer.publicKey, nonce })
    .then((reply) => reply.sealed)
    .catch((error: unknown) => {
      if (asks.length > 1 && error instanceof CartlyError && error.kind === 'too_large') return undefined
      throw error
    })
  if (sealed === undefined) return inHalves(bus, operation, asks)
  const text = await unsealer.open(sealed, {
    audience: holderOf(operation),
    subject: nonce,
  })
  const contents = compileSchema(LeaseContents).parse(JSON.parse(text), 'The lease')
  return asks.map((_, index) => {
    const content = contents[index]
    if (!content) return unanswered()
    return 'error' in content ? CartlyError.fromBus(content.error) : leaseOf(content, askedAt)
  })
}

/** Long credentials can make a reply too large for the bus. */
async function inHalves(
  bus: BusClient,
  operation: LeaseOperation,
  asks: readonly LeaseAsk[],
): Promise<(Lease | CartlyError)[]> {
  const middle = Math.ceil(asks.length / 2)
  const halves = [asks.slice(0, middle), asks.slice(middle)].map((half) => requestLeases(bus, operation, half))
  return (await Promise.all(halves)).flat()
}
