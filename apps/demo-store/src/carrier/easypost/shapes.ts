import { now, type Books, type Label, type Quote, type Shipment } from '../books.ts'
import { decimal } from '../services.ts'

export interface EasyPostAddress {
  readonly [field: string]: unknown
  readonly zip?: string
}

export interface EasyPostShipmentRequest {
  readonly from_address: EasyPostAddress
  readonly to_address: EasyPostAddress
  /** Inches and ounces. */
  readonly parcel: {
    readonly length?: number
    readonly width?: number
    readonly height?: number
    readonly weight?: number
  }
  readonly reference?: string
  readonly options?: object
}

/** EasyPost writes times to the second. */
export const second = (iso: string): string => `${iso.slice(0, 19)}Z`

const addressFields = ['name', 'company', 'street1', 'street2', 'city', 'state', 'zip', 'country', 'phone', 'email']

export function addressShape(id: string, address: EasyPostAddress, verifications: object = {}): object {
  return {
    id,
    object: 'Address',
    created_at: second(now()),
    updated_at: second(now()),
    ...Object.fromEntries(addressFields.map((field) => [field, address[field] ?? null])),
    mode: 'test',
    carrier_facility: null,
    residential: null,
    federal_tax_id: null,
    state_tax_id: null,
    verifications,
  }
}

/** What is known of a shipment after it was bought. */
export interface Purchase {
  readonly label: Label
  refundStatus: 'submitted' | 'refunded' | null
}

export function shipmentShape(
  books: Books,
  shipment: Shipment<EasyPostShipmentRequest>,
  purchase: Purchase | undefined,
  url: string,
): object {
  const { from_address, to_address, parcel, reference, options } = shipment.request
  const created = second(shipment.createdAt)
  const from = addressShape(books.id('adr_'), from_address)
  const to = addressShape(books.id('adr_'), to_address)
  return {
    id: shipment.id,
    object: 'Shipment',
    created_at: created,
    updated_at: created,
    is_return: false,
    mode: 'test',
    status: 'unknown',
    reference: reference ?? null,
    options: { currency: 'USD', payment: { type: 'SENDER' }, date_advance: 0, ...options },
    messages: messagesShape(shipment),
    tracking_code: purchase?.label.trackingNumber ?? null,
    batch_id: null,
    batch_status: null,
    batch_message: null,
    customs_info: null,
    from_address: from,
    to_address: to,
    buyer_address: to,
    return_address: from,
    insurance: null,
    order_id: null,
    parcel: {
      id: books.id('prcl_'),
      object: 'Parcel',
      created_at: created,
      updated_at: created,
      length: null,
      width: null,
      height: null,
      predefined_package: null,
      ...parcel,
      mode: 'test',
    },
    postage_label: purchase ? postageLabelShape(purchase.label, url) : null,
    rates: shipment.quotes.map((quote) => ({ ...rateShape(quote, created), id: quote.id, shipment_id: shipment.id })),
    refund_status: purchase?.refundStatus ?? null,
    scan_form: null,
    selected_rate: purchase
      ? { ...rateShape(purchase.label.quote, created), id: purchase.label.quote.id, shipment_id: shipment.id }
      : null,
    tracker: null,
    usps_zone: shipment.quotes[0]?.zone ?? null,
    forms: [],
    fees: purchase
      ? [
          {
            object: 'Fee',
            type: 'PostageFee',
            amount: `${decimal(purchase.label.quote.cents)}000`,
            charged: true,
            refunded: false,
          },
        ]
      : [],
  }
}

/** A rate without its ids, as the stateless `beta/rates` gives it. */
export function rateShape(quote: Quote, created: string): object {
  const price = decimal(quote.cents)
  return {
    object: 'Rate',
    created_at: created,
    updated_at: created,
    mode: 'test',
    service: quote.service.easypostService,
    carrier: quote.service.easypostCarrier,
    rate: price,
    currency: 'USD',
    retail_rate: decimal(Math.round(quote.cents * 1.18)),
    retail_currency: 'USD',
    list_rate: price,
    list_currency: 'USD',
    billing_type: 'easypost',
    delivery_days: quote.days,
    delivery_date: null,
    delivery_date_guaranteed: false,
    est_delivery_days: quote.days,
    carrier_account_id: `ca_sandbox_${quote.service.carrier.toLowerCase()}`,
  }
}

export function messagesShape({ quotes, request }: Shipment): object[] {
  if (quotes.length > 0) return []
  const { zip } = (request as EasyPostShipmentRequest).to_address
  return ['USPS', 'UPSDAP'].map((carrier) => ({
    carrier,
    carrier_account_id: `ca_sandbox_${carrier.toLowerCase()}`,
    type: 'rate_error',
    message: `${carrier} does not deliver to ${zip ?? 'this address'}`,
  }))
}

function postageLabelShape(label: Label, url: string): object {
  const created = second(label.at)
  return {
    object: 'PostageLabel',
    id: label.id,
    created_at: created,
    updated_at: created,
    date_advance: 0,
    integrated_form: 'none',
    label_date: created,
    label_resolution: 300,
    label_size: '4x6',
    label_type: 'default',
    label_file_type: 'application/pdf',
    label_url: `${url}/labels/${label.id}.pdf`,
    label_pdf_url: `${url}/labels/${label.id}.pdf`,
    label_zpl_url: null,
    label_epl2_url: null,
    label_file: null,
  }
}
