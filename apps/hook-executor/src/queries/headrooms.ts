import type { executor, RequestOf, ResponseOf } from '@cartly/contracts'
import type { CompiledTemplates } from '../connectors/compiled-templates.ts'
import type { ConnectorIndex } from '../connectors/connector-index.ts'
import type { Circuits } from '../limits/circuits.ts'
import type { RateLimits } from '../limits/rate-limits.ts'

export interface HeadroomsOptions {
  readonly index: ConnectorIndex
  readonly templates: CompiledTemplates
  readonly circuits: Circuits
  readonly rateLimits: RateLimits
}

/** How much of its service a connector may use just now: this replica's circuit, and what all have left of the limits. */
export class Headrooms {
  readonly #options: HeadroomsOptions

  constructor(options: HeadroomsOptions) {
    this.#options = options
  }

  /** @throws CartlyError `not_found` */
  async of({
    storeId,
    connectorId,
  }: RequestOf<typeof executor.headroom>): Promise<ResponseOf<typeof executor.headroom>> {
    const { index, templates, circuits, rateLimits } = this.#options
    const connector = await index.get(storeId, connectorId)
    const rateLimit = await rateLimits.tightest(connectorId, templates.of(connector).definition.rateLimits ?? [])
    return { ...circuits.shown(connectorId), ...(rateLimit ? { rateLimit } : {}) }
  }
}
