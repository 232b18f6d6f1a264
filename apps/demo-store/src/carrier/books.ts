import { Dice } from '../dice.ts'
import { priceOf, services, zoneBetween, type Service } from './services.ts'

export type Vendor = 'shippo' | 'easypost'

export interface Quote {
  readonly id: string
  readonly shipmentId: string
  readonly service: Service
  readonly zone: number
  readonly cents: number
  readonly days: number
}

/** A shipment asked for, with its request as it came. */
export interface Shipment<Request = unknown> {
  readonly id: string
  readonly vendor: Vendor
  readonly createdAt: string
  readonly request: Request
  readonly quotes: readonly Quote[]
}

/** A label that was bought: the sandbox's own truth about money spent. */
export interface Label {
  readonly id: string
  readonly vendor: Vendor
  readonly at: string
  readonly quote: Quote
  readonly trackingNumber: string
  /** The buyer's own words: Shippo's `metadata`, EasyPost's `reference`. */
  readonly reference: string
  refunded: boolean
}

export interface ShipmentSettings<Request> {
  readonly vendor: Vendor
  readonly request: Request
  readonly fromPostalCode: string | undefined
  readonly toPostalCode: string | undefined
  readonly pounds: readonly number[]
  /** Whether the carriers quote nothing. */
  readonly refused: boolean
}

const OPEN_SHIPMENTS = 5_000

/** What both sandboxes remember: the last 5,000 shipments with their quotes, and every label. Ids follow from the seed. */
export class Books {
  readonly labels: Label[] = []
  readonly #dice: Dice
  readonly #shipments = new Map<string, Shipment>()
  readonly #quotes = new Map<string, Quote>()

  constructor(seed: number) {
    this.#dice = new Dice(seed)
  }

  id(prefix = ''): string {
    return `${prefix}${this.#dice.hex(32)}`
  }

  ship<Request>(settings: ShipmentSettings<Request>): Shipment<Request> {
    const easypost = settings.vendor === 'easypost'
    const id = this.id(easypost ? 'shp_' : '')
    const zone = zoneBetween(settings.fromPostalCode, settings.toPostalCode)
    const quotes = (settings.refused ? [] : services).map((service) => ({
      id: this.id(easypost ? 'rate_' : ''),
      shipmentId: id,
      service,
      zone,
      ...priceOf(service, zone, settings.pounds),
    }))
    const shipment = { id, vendor: settings.vendor, createdAt: now(), request: settings.request, quotes }
    this.#shipments.set(id, shipment)
    for (const quote of quotes) this.#quotes.set(quote.id, quote)
    this.#forgetOldest()
    return shipment
  }

  shipment(id: string): Shipment | undefined {
    return this.#shipments.get(id)
  }

  quote(id: string): Quote | undefined {
    return this.#quotes.get(id)
  }

  buy(quote: Quote, vendor: Vendor, reference: string): Label {
    const label: Label = {
      id: this.id(vendor === 'easypost' ? 'pl_' : ''),
      vendor,
      at: now(),
      quote,
      trackingNumber: this.#trackingNumber(quote.service),
      reference,
      refunded: false,
    }
    this.labels.push(label)
    return label
  }

  #forgetOldest(): void {
    if (this.#shipments.size <= OPEN_SHIPMENTS) return
    const [oldest] = this.#shipments.values()
    if (!oldest) return
    this.#shipments.delete(oldest.id)
    for (const { id } of oldest.quotes) this.#quotes.delete(id)
  }

  #trackingNumber({ carrier }: Service): string {
    if (carrier === 'UPS') return `1Z${this.#dice.hex(6).toUpperCase()}${this.#dice.digits(10)}`
    return carrier === 'USPS' ? `9405${this.#dice.digits(18)}` : `7${this.#dice.digits(11)}`
  }
}

export const now = (): string => new Date().toISOString()
