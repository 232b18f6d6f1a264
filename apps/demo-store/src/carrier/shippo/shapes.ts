import { now, type Books, type Label, type Quote, type Shipment } from '../books.ts'
import { decimal } from '../services.ts'

export interface ShippoAddress {
  readonly [field: string]: unknown
  readonly zip?: string
  readonly country?: string
}

export interface ShippoParcel {
  readonly [field: string]: unknown
  readonly weight?: unknown
  readonly mass_unit?: string
}

export interface ShippoShipmentRequest {
  readonly address_from: ShippoAddress
  readonly address_to: ShippoAddress
  readonly parcels: readonly ShippoParcel[]
  readonly metadata?: string
  readonly extra?: object
  readonly async?: boolean
}

const OWNER = 'demo@cartly.example'

const poundsPer: Readonly<Record<string, number>> = { lb: 1, oz: 1 / 16, kg: 2.204_622_6, g: 0.002_204_622_6 }

export const pounds = ({ weight, mass_unit }: ShippoParcel): number =>
  Number(weight) * (poundsPer[mass_unit ?? ''] ?? 1)

const addressFields = [
  'name',
  'company',
  'street_no',
  'street1',
  'street2',
  'street3',
  'city',
  'state',
  'zip',
  'country',
  'phone',
  'email',
]

export function addressShape(id: string, address: ShippoAddress, validation: object = {}): object {
  const given = Object.fromEntries(addressFields.map((field) => [field, address[field] ?? '']))
  return {
    object_created: now(),
    object_updated: now(),
    object_id: id,
    object_owner: OWNER,
    ...given,
    is_complete: isComplete(address),
    is_residential: address['is_residential'] ?? null,
    validation_results: validation,
    metadata: address['metadata'] ?? '',
    longitude: null,
    latitude: null,
    test: true,
  }
}

export const isComplete = (address: ShippoAddress): boolean =>
  ['name', 'street1', 'city', 'zip', 'country'].every((field) => Boolean(address[field]))

/** A shipment in version 2018-02-08; without its rates while it is being rated. */
export function shipmentShape(books: Books, shipment: Shipment<ShippoShipmentRequest>, rated: boolean): object {
  const { address_from, address_to, parcels, metadata, extra } = shipment.request
  const from = addressShape(books.id(), address_from)
  return {
    carrier_accounts: [],
    object_created: shipment.createdAt,
    object_updated: shipment.createdAt,
    object_id: shipment.id,
    object_owner: OWNER,
    status: rated ? 'SUCCESS' : 'QUEUED',
    address_from: from,
    address_to: addressShape(books.id(), address_to),
    address_return: from,
    alternate_address_to: null,
    parcels: parcels.map((parcel) => ({
      object_state: 'VALID',
      object_id: books.id(),
      object_created: shipment.createdAt,
      object_updated: shipment.createdAt,
      object_owner: OWNER,
      template: null,
      value_amount: null,
      value_currency: null,
      line_items: [],
      extra: {},
      metadata: '',
      ...parcel,
      test: true,
    })),
    shipment_date: shipment.createdAt,
    customs_declaration: null,
    extra: extra ?? {},
    order: null,
    rates: rated ? ratesShape(shipment) : [],
    messages: rated ? messagesShape(shipment) : [],
    metadata: metadata ?? '',
    test: true,
  }
}

export function ratesShape({ quotes, createdAt }: Shipment): object[] {
  const cheapest = lowest(quotes, (quote) => quote.cents)
  const fastest = lowest(quotes, (quote) => quote.days * 1e6 + quote.cents)
  const best = lowest(quotes, (quote) => quote.cents * (1 + quote.days / 2))
  return quotes.map((quote) => ({
    object_created: createdAt,
    object_id: quote.id,
    object_owner: OWNER,
    shipment: quote.shipmentId,
    attributes: [
      ...(quote === cheapest ? ['CHEAPEST'] : []),
      ...(quote === fastest ? ['FASTEST'] : []),
      ...(quote === best ? ['BESTVALUE'] : []),
    ],
    amount: decimal(quote.cents),
    currency: 'USD',
    amount_local: decimal(quote.cents),
    currency_local: 'USD',
    provider: quote.service.carrier,
    provider_image_75: '',
    provider_image_200: '',
    servicelevel: {
      name: quote.service.name,
      token: quote.service.shippoToken,
      terms: '',
      extended_token: quote.service.shippoToken,
      parent_servicelevel: null,
    },
    estimated_days: quote.days,
    arrives_by: null,
    duration_terms: `Arrives in about ${quote.days} ${quote.days === 1 ? 'day' : 'days'}.`,
    messages: [],
    carrier_account: `sandbox_${quote.service.carrier.toLowerCase()}`,
    test: true,
    zone: String(quote.zone),
  }))
}

function lowest(quotes: readonly Quote[], measure: (quote: Quote) => number): Quote | undefined {
  return quotes.reduce<Quote | undefined>(
    (least, quote) => (least === undefined || measure(quote) < measure(least) ? quote : least),
    undefined,
  )
}

export function messagesShape({ quotes, request }: Shipment): object[] {
  if (quotes.length > 0) return []
  const zip = (request as ShippoShipmentRequest).address_to.zip
  return ['USPS', 'UPS'].map((source) => ({
    source,
    code: '',
    text: `${source} does not deliver to ${zip ?? 'this address'}`,
  }))
}

export type TransactionStatus = 'QUEUED' | 'SUCCESS' | 'ERROR'

export interface Transaction {
  readonly id: string
  readonly rate: string
  readonly at: string
  readonly metadata: string
  readonly label: Label | undefined
  status: TransactionStatus
}

export function transactionShape(transaction: Transaction, url: string): object {
  const label = transaction.status === 'SUCCESS' ? transaction.label : undefined
  return {
    object_state: 'VALID',
    status: transaction.status,
    object_created: transaction.at,
    object_updated: transaction.at,
    object_id: transaction.id,
    object_owner: OWNER,
    test: true,
    rate: transaction.rate,
    tracking_number: label?.trackingNumber ?? '',
    tracking_status: 'UNKNOWN',
    eta: null,
    tracking_url_provider: label ? `${url}/track/${label.trackingNumber}` : '',
    label_url: label ? `${url}/labels/${label.id}.pdf` : '',
    commercial_invoice_url: null,
    messages:
      transaction.status === 'ERROR'
        ? [
            {
              source: 'Sandbox',
              code: 'carrier_refused',
              text: 'The carrier refused this purchase; nothing was charged',
            },
          ]
        : [],
    order: null,
    metadata: transaction.metadata,
    parcel: '',
    billing: { payments: [] },
    qr_code_url: null,
  }
}
