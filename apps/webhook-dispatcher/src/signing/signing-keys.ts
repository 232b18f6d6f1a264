import { CartlyError } from '@cartly/contracts'
import type { LeaseHolder } from '@cartly/vault-client'
import type { IndexedEndpoint } from '../matching/endpoint-index.ts'
import { readSigningKey, type SigningKey } from './signature.ts'

interface Held {
  readonly keys: readonly { readonly key: SigningKey; readonly validUntil: number }[]
  readonly renewAt: number
  readonly expiresAt: number
}

/** Of a lease's time, after how much it is asked for again while the keys are still good. */
const RENEW_AFTER = 0.7

/**
 * The signing keys of the endpoints in use, ready to sign with. While an endpoint is busy its keys are renewed in the
 * background, so that a delivery never waits for the vault; an endpoint that is not, is forgotten when its lease ends.
 */
export class SigningKeys {
  readonly #leases: LeaseHolder
  readonly #held = new Map<string, Held>()
  readonly #loading = new Map<string, Promise<void>>()
  readonly #sweep: NodeJS.Timeout

  constructor(leases: LeaseHolder) {
    this.#leases = leases
    this.#sweep = setInterval(() => this.#forgetExpired(), 10_000).unref()
  }

  /** The live keys, the newest first; undefined when they must be loaded first. */
  get(endpoint: IndexedEndpoint): readonly SigningKey[] | undefined {
    const held = this.#held.get(endpoint.id)
    const now = Date.now()
    if (!held || held.expiresAt <= now) return undefined
    // The keys are good for a while yet; should this fail, the next delivery tries again.
    if (held.renewAt <= now) this.load(endpoint).catch(() => undefined)
    const live = held.keys.filter(({ validUntil }) => validUntil > now)
    return live.map(({ key }) => key)
  }

  /**
   * Asks the vault for the keys; those who ask at once share one request.
   * @throws CartlyError when the vault has none or cannot be asked.
   */
  load(endpoint: IndexedEndpoint): Promise<void> {
    const known = this.#loading.get(endpoint.id)
    if (known) return known
    const loading = this.#lease(endpoint).finally(() => {
      if (this.#loading.get(endpoint.id) === loading) this.#loading.delete(endpoint.id)
    })
    this.#loading.set(endpoint.id, loading)
    return loading
  }

  /** Its secret has changed. */
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

  async #lease({ id, storeId }: IndexedEndpoint): Promise<void> {
    const ask = { storeId, ownerId: id, purpose: 'webhook_secret', reason: 'sign deliveries' } as const
    const { values, older, expiresAt } = await this.#leases.lease(ask)
    const versions = [{ values, validUntil: Infinity }, ...older]
    const keys = versions.flatMap(({ values: { secret }, validUntil }) =>
      secret ? [{ key: readSigningKey(secret), validUntil }] : [],
    )
    if (keys.length === 0) {
      throw new CartlyError('internal', 'no_signing_secret', 'The vault holds no signing secret for this endpoint')
    }
    const now = Date.now()
    this.#held.set(id, { keys, expiresAt, renewAt: now + (expiresAt - now) * RENEW_AFTER })
  }

  #forgetExpired(): void {
    const now = Date.now()
    for (const [id, { expiresAt }] of this.#held) if (expiresAt <= now) this.#held.delete(id)
  }
}
