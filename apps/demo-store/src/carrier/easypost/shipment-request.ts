import type { ShipmentSettings } from '../books.ts'
import type { EasyPostShipmentRequest } from './shapes.ts'

/** What the books need to know of a request. */
export function shipmentSettings(
  request: EasyPostShipmentRequest,
  refused: boolean,
): ShipmentSettings<EasyPostShipmentRequest> {
  return {
    vendor: 'easypost',
    request,
    fromPostalCode: request.from_address.zip,
    toPostalCode: request.to_address.zip,
    pounds: [(request.parcel.weight ?? 0) / 16],
    refused,
  }
}

/** The first thing that a request lacks. */
export function missingFrom(request: Partial<EasyPostShipmentRequest> | undefined): string | undefined {
  if (!request) return 'shipment'
  if (!request.to_address) return 'to_address'
  if (!request.from_address) return 'from_address'
  return typeof request.parcel?.weight === 'number' ? undefined : 'parcel.weight'
}
