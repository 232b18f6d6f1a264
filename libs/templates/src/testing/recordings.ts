import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Vendor = 'shippo' | 'easypost'

/** One recorded request with its answer; a body that was no JSON is `{ text }`, none is null. */
export interface Interaction {
  readonly request: {
    readonly method: string
    readonly path: string
    readonly query: Readonly<Record<string, string>>
    readonly body: unknown
  }
  readonly response: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: unknown
  }
}

/** A conversation that a vendor's own client library recorded. */
export interface Recording {
  readonly vendor: Vendor
  /** `Shipment-Service/buys-a-shipment`, `pickup/test_create`. */
  readonly scenario: string
  readonly interactions: readonly Interaction[]
}

/** Never copied into this repository. */
const folder = fileURLToPath(new URL('../../../../../shared/recordings/', import.meta.url))

export const recordingsAreThere = existsSync(folder)

export const recordings: readonly Recording[] = recordingsAreThere
  ? (['shippo', 'easypost'] as const).flatMap((vendor) =>
      readdirSync(join(folder, vendor)).map(
        (file) => JSON.parse(readFileSync(join(folder, vendor, file), 'utf8')) as Recording,
      ),
    )
  : []

/** @throws Error when it was not recorded */
export function recordingOf(vendor: Vendor, scenario: string): Recording {
  const found = recordings.find((one) => one.vendor === vendor && one.scenario === scenario)
  if (!found) throw new Error(`no ${vendor} recording is called ${scenario}`)
  return found
}

/** A list of rates somewhere in a recorded answer, with the way to it. */
export interface RateList {
  readonly path: readonly (string | number)[]
  readonly rates: readonly Readonly<Record<string, unknown>>[]
}

/** Every list of rates anywhere in an answer. */
export function rateLists(value: unknown, path: RateList['path'] = []): RateList[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value) && value.length > 0 && value.every(isRate)) return [{ path, rates: value }]
  return Object.entries(value).flatMap(([key, member]) =>
    rateLists(member, [...path, Array.isArray(value) ? Number(key) : key]),
  )
}

function isRate(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const { servicelevel, amount, rate, carrier } = value as Record<string, unknown>
  return servicelevel === undefined ? typeof rate === 'string' && typeof carrier === 'string' : amount !== undefined
}
