import { CartlyError, createRedactor, type Redactor } from '@cartly/contracts'
import type { Lease, LeaseHolder } from '@cartly/vault-client'
import type { IndexedEndpoint } from '../matching/endpoint-index.ts'
import { readSigningKey, type SigningKey } from './signature.ts'

/** What the vault lends for an endpoint's deliveries. */
export interface DeliverySecrets {
  /** The live keys, the newest first. */
  readonly keys: readonly SigningKey[]
  /** The endpoint's own headers; empty when it has none. */
  readonly headers: Lease['values']
  /** Takes all of these out of what a receiver answers: some send back what they got, or what they check it with. */
  readonly redactor: Redactor
}

interface Held {
  readonly secrets: DeliverySecrets
  readonly renewAt: number
  /** When the lease ends, or one of the keys. */
  readonly expiresAt: number
}

/** Of a lease's time, after how much it is asked for again while the secrets are still good. */
const RENEW_AFTER = 0.7

/**
 * The signing keys and header values of the endpoints in use. While an endpoint is busy they are renewed in the background,
 * so that a delivery never waits for the vault; an endpoint that is not, is forgotten when its lease ends.
 */
export class EndpointSecrets {
  readonly #leases: LeaseHolder
  readonly #held = new Map<string, Held>()
  readonly #loading = new Map<string, Promise<Held>>()
  readonly #sweep: NodeJS.Timeout

  constructor(leases: LeaseHolder) {
    this.#leases = leases
    this.#sweep = setInterval(() => this.#forgetExpired(), 10_000).unref()
  }

  /** What is at hand; undefined when it must be loaded first. */
  get(endpoint: IndexedEndpoint): DeliverySecrets | undefined {
    const held = this.#held.get(endpoint.id)
    const now = Date.now()
    if (!held || held.expiresAt <= now) return undefined
    // They are good for a while yet; should this fail, the next delivery tries again.
    if (held.renewAt <= now) this.load(endpoint).catch(() => undefined)
    return held.secrets
  }

  /**
   * Asks the vault; those who ask at once share one request.
   * @throws CartlyError when the vault has none or cannot be asked.
   */
  async load(endpoint: IndexedEndpoint): Promise<DeliverySecrets> {
    const { id } = endpoint
    const known = this.#loading.get(id)
    if (known) return (await known).secrets
    const loading = this.#lease(endpoint)
    this.#loading.set(id, loading)
    try {
      const held = await loading
      // Otherwise they changed on the way: good for what waits for them, and for nothing after.
      if (this.#loading.get(id) === loading) this.#held.set(id, held)
      return held.secrets
    } finally {
      if (this.#loading.get(id) === loading) this.#loading.delete(id)
    }
  }

  /** Its secret or its headers have changed. */
  invalidate(endpointId: string): void {
    this.#held.delete(endpointId)
    this.#loading.delete(endpointId)
    this.#leases.invalidate(endpointId)
  }

  close(): void {
    clearInterval(this.#sweep)
    this.#held.clear()
    this.#leases.close()
  }

  async #lease({ id: ownerId, storeId, config }: IndexedEndpoint): Promise<Held> {
    const hasHeaders = Object.keys(config.headers ?? {}).length > 0
    const [signing, headers] = await Promise.all([
      this.#leases.lease({ storeId, ownerId, purpose: 'webhook_secret', reason: 'sign deliveries' }),
      hasHeaders
        ? this.#leases.lease({ storeId, ownerId, purpose: 'webhook_headers', reason: 'send deliveries' })
        : undefined,
    ])
    const now = Date.now()
    const older = signing.older.filter(({ validUntil }) => validUntil > now)
    const live = [signing, ...older].flatMap(({ values: { secret } }) => (secret ? [secret] : []))
    const keys = live.map(readSigningKey)
    if (keys.length === 0) {
      throw new CartlyError('internal', 'no_signing_secret', 'The vault holds no signing secret for this endpoint')
    }
    const own = headers?.values ?? {}
    const redactor = createRedactor([
      ...Object.values(own).map((value) => value.reveal()),
      // Receivers know a secret with its prefix or without.
      ...live.map((secret) => secret.reveal()).flatMap((text) => [text, text.slice(text.indexOf('_') + 1)]),
    ])
    const ends = [signing.expiresAt, headers?.expiresAt ?? Infinity, ...older.map(({ validUntil }) => validUntil)]
    const expiresAt = Math.min(...ends)
    const secrets = { keys, headers: own, redactor }
    return { secrets, expiresAt, renewAt: now + (expiresAt - now) * RENEW_AFTER }
  }

  #forgetExpired(): void {
    const now = Date.now()
    for (const [id, { expiresAt }] of this.#held) if (expiresAt <= now) this.#held.delete(id)
  }
}
