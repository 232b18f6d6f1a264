import { now, type Books } from '../books.ts'

/** Shippo's mock numbers for the carrier `shippo`, and what each says. */
const mockNumbers: Readonly<Record<string, string>> = {
  SHIPPO_UNKNOWN: 'UNKNOWN',
  SHIPPO_PRE_TRANSIT: 'PRE_TRANSIT',
  SHIPPO_TRANSIT: 'TRANSIT',
  SHIPPO_DELIVERED: 'DELIVERED',
  SHIPPO_RETURNED: 'RETURNED',
  SHIPPO_FAILURE: 'FAILURE',
}

const details: Readonly<Record<string, string>> = {
  UNKNOWN: 'Nothing is known about this parcel yet',
  PRE_TRANSIT: 'The label was made; the carrier waits for the parcel',
  TRANSIT: 'The parcel is on its way',
  DELIVERED: 'The parcel was delivered',
  RETURNED: 'The parcel went back to its sender',
  FAILURE: 'The parcel could not be delivered',
}

/** `tracking_status` is null where the carrier knows nothing of the number. */
export function trackShape(books: Books, carrier: string, number: string, metadata: string): object {
  const label = books.labels.find(({ trackingNumber }) => trackingNumber === number)
  const status = mockNumbers[number] ?? (label ? 'PRE_TRANSIT' : undefined)
  const current = status && {
    object_created: now(),
    object_updated: now(),
    object_id: books.id(),
    status,
    status_details: details[status],
    status_date: label?.at ?? now(),
    substatus: null,
    location: label ? null : { city: 'Oakland', state: 'CA', zip: '94607', country: 'US' },
  }
  return {
    carrier,
    tracking_number: number,
    address_from: null,
    address_to: null,
    eta: null,
    original_eta: null,
    servicelevel: label
      ? { token: label.quote.service.shippoToken, name: label.quote.service.name }
      : { token: null, name: null },
    metadata,
    tracking_status: current ?? null,
    tracking_history: current ? [current] : [],
    transaction: null,
    test: true,
  }
}
