/**
 * A circuit breaker as plain values. Closed: calls pass, and are counted in two halves of a window. Open: none pass until
 * `until`. Then one call is let through to try; its success closes the circuit, its failure opens it for twice as long.
 */
export type Circuit =
  | { readonly state: 'closed'; readonly since: number; readonly now: Counts; readonly before: Counts }
  | OpenCircuit

/** While a call tries, `until` is when it is no longer waited for: then another may try. */
export interface OpenCircuit {
  readonly state: 'open'
  readonly until: number
  readonly forMs: number
  readonly trying: boolean
}

interface Counts {
  readonly calls: number
  readonly failures: number
}

const HALF_WINDOW_MS = 15_000
/** Opens once so many calls of the window, and so large a share of them, got no proper answer. */
const LEAST_FAILURES = 10
const SHARE = 0.5
const FIRST_OPEN_MS = 5_000
const LONGEST_OPEN_MS = 60_000
/** A call that tries is waited for as long; who wants in meanwhile hears that it is worth asking again soon. */
const TRY_MS = 10_000
const ASK_AGAIN_MS = 1_000

const none: Counts = { calls: 0, failures: 0 }

export const closed = (now: number): Circuit => ({ state: 'closed', since: now, now: none, before: none })

/** What comes of a call that wants in. */
export interface Entry {
  readonly circuit: Circuit
  /** How long there is no use in asking again, in milliseconds; 0 when the call passes. */
  readonly waitMs: number
  /** Whether the call that passes is the one that tries an open circuit. */
  readonly tries: boolean
}

export function enter(circuit: Circuit, now: number): Entry {
  if (circuit.state === 'closed') return { circuit: rolled(circuit, now), waitMs: 0, tries: false }
  if (now >= circuit.until) {
    return { circuit: { ...circuit, until: now + TRY_MS, trying: true }, waitMs: 0, tries: true }
  }
  const waitMs = circuit.trying ? ASK_AGAIN_MS : Math.max(ASK_AGAIN_MS, circuit.until - now)
  return { circuit, waitMs, tries: false }
}

/** The circuit as people are told of it; half open: the next call, or one under way, tries the service. */
export function shown(circuit: Circuit, now: number): 'closed' | 'half_open' | 'open' {
  if (circuit.state === 'closed') return 'closed'
  return circuit.trying || now >= circuit.until ? 'half_open' : 'open'
}

/**
 * The circuit after a call that passed has ended; `answered`: whether the service did what a service should. Of an open
 * circuit only the call that tries it says anything new.
 */
export function leave(
  circuit: Circuit,
  { tries, answered }: { tries: boolean; answered: boolean },
  now: number,
): Circuit {
  if (circuit.state === 'open') {
    if (!tries) return circuit
    return answered ? closed(now) : opened(now, Math.min(circuit.forMs * 2, LONGEST_OPEN_MS))
  }
  const counted = rolled(circuit, now)
  const calls = counted.now.calls + 1
  const failures = counted.now.failures + (answered ? 0 : 1)
  const inAll = { calls: calls + counted.before.calls, failures: failures + counted.before.failures }
  if (inAll.failures >= LEAST_FAILURES && inAll.failures >= SHARE * inAll.calls) return opened(now, FIRST_OPEN_MS)
  return { ...counted, now: { calls, failures } }
}

const opened = (now: number, forMs: number): Circuit => ({ state: 'open', until: now + forMs, forMs, trying: false })

function rolled(circuit: Circuit & { state: 'closed' }, now: number): Circuit & { state: 'closed' } {
  const age = now - circuit.since
  if (age < HALF_WINDOW_MS) return circuit
  return { state: 'closed', since: now, now: none, before: age < 2 * HALF_WINDOW_MS ? circuit.now : none }
}
