import { now, type Books } from '../books.ts'
import { second } from './shapes.ts'

/** EasyPost's test numbers, and what each says. https://docs.easypost.com/docs/trackers */
const testNumbers: Readonly<Record<string, string>> = {
  EZ1000000001: 'pre_transit',
  EZ2000000002: 'in_transit',
  EZ3000000003: 'out_for_delivery',
  EZ4000000004: 'delivered',
  EZ5000000005: 'return_to_sender',
  EZ6000000006: 'failure',
  EZ7000000007: 'unknown',
}

export function trackerShape(books: Books, id: string, trackingCode: string, carrier: string | undefined): object {
  const label = books.labels.find(({ trackingNumber }) => trackingNumber === trackingCode)
  const status = testNumbers[trackingCode] ?? (label ? 'pre_transit' : 'unknown')
  const at = second(label?.at ?? now())
  return {
    id,
    object: 'Tracker',
    mode: 'test',
    tracking_code: trackingCode,
    status,
    status_detail: status === 'unknown' ? 'unknown' : 'status_update',
    created_at: at,
    updated_at: at,
    signed_by: status === 'delivered' ? 'Receptionist' : null,
    weight: null,
    est_delivery_date: null,
    shipment_id: label?.quote.shipmentId ?? null,
    carrier: label?.quote.service.easypostCarrier ?? carrier ?? 'USPS',
    public_url: '',
    tracking_details:
      status === 'unknown'
        ? []
        : [
            {
              object: 'TrackingDetail',
              message: `Status changed to ${status}`,
              description: null,
              status,
              status_detail: 'status_update',
              datetime: at,
              source: label?.quote.service.easypostCarrier ?? carrier ?? 'USPS',
              carrier_code: null,
              tracking_location: {
                object: 'TrackingLocation',
                city: 'Oakland',
                state: 'CA',
                country: 'US',
                zip: '94607',
              },
            },
          ],
    fees: [],
  }
}
