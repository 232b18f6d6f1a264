import { Type, type Static } from 'typebox'
import { Address } from './address.ts'
import { Money } from './money.ts'
import { Parcel } from './parcel.ts'

const Currency = Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' })
const Text = Type.String({ maxLength: 2_000 })

/** Something the service wanted said beside its answer. */
export const ServiceMessage = Type.Object({ source: Type.String(), code: Type.Optional(Type.String()), text: Text })
export type ServiceMessage = Static<typeof ServiceMessage>

export const Rate = Type.Object({
  id: Type.String({ minLength: 1, description: 'What buy_label takes as rateId' }),
  carrier: Type.String(),
  service: Type.String(),
  serviceName: Type.String(),
  price: Money,
  estimatedDays: Type.Optional(Type.Integer({ minimum: 0 })),
  deliveryDate: Type.Optional(Type.String()),
  attributes: Type.Optional(
    Type.Array(Type.Union([Type.Literal('cheapest'), Type.Literal('fastest'), Type.Literal('best_value')])),
  ),
})
export type Rate = Static<typeof Rate>

export const GetRatesInput = Type.Object({
  from: Address,
  to: Address,
  parcels: Type.Array(Parcel, { minItems: 1, maxItems: 50 }),
  currency: Type.Optional(Currency),
})
export type GetRatesInput = Static<typeof GetRatesInput>

export const GetRatesOutput = Type.Object({ rates: Type.Array(Rate), messages: Type.Array(ServiceMessage) })
export type GetRatesOutput = Static<typeof GetRatesOutput>

export const BuyLabelInput = Type.Object({
  rateId: Type.String({ minLength: 1 }),
  shipmentId: Type.Optional(Type.String()),
  reference: Type.Optional(Type.String({ description: "The store's own name of this purchase, e.g. the order's id" })),
  labelFormat: Type.Optional(Type.Union([Type.Literal('pdf'), Type.Literal('png'), Type.Literal('zpl')])),
})
export type BuyLabelInput = Static<typeof BuyLabelInput>

const Label = { labelId: Type.String(), trackingNumber: Type.String(), labelUrl: Type.String() }

export const BuyLabelOutput = Type.Object({
  ...Label,
  price: Type.Optional(Money),
  labels: Type.Optional(
    Type.Array(Type.Object(Label), {
      description:
        "Of a shipment of several parcels, each parcel's label; labelId then names them all, and the first's is shown beside it",
    }),
  ),
})
export type BuyLabelOutput = Static<typeof BuyLabelOutput>

export const VoidLabelInput = Type.Object({ labelId: Type.String({ minLength: 1 }) })
export const VoidLabelOutput = Type.Object({
  status: Type.Union([Type.Literal('pending'), Type.Literal('voided'), Type.Literal('rejected')]),
  messages: Type.Optional(Type.Array(ServiceMessage)),
})
export type VoidLabelInput = Static<typeof VoidLabelInput>
export type VoidLabelOutput = Static<typeof VoidLabelOutput>

export const TrackInput = Type.Object({
  trackingNumber: Type.String({ minLength: 1 }),
  carrier: Type.Optional(Type.String()),
})
export const trackingStatuses = ['unknown', 'pre_transit', 'in_transit', 'delivered', 'returned', 'failed'] as const
const TrackingStatus = Type.Enum(trackingStatuses)
export const TrackOutput = Type.Object({
  trackingNumber: Type.String(),
  carrier: Type.Optional(Type.String()),
  status: TrackingStatus,
  statusDetail: Type.Optional(Text),
  estimatedDelivery: Type.Optional(Type.String()),
  events: Type.Array(
    Type.Object({
      at: Type.String(),
      status: TrackingStatus,
      detail: Type.Optional(Text),
      location: Type.Optional(Type.String()),
    }),
  ),
})
export type TrackInput = Static<typeof TrackInput>
export type TrackOutput = Static<typeof TrackOutput>

export const ValidateAddressInput = Type.Object({ address: Address })
export const ValidateAddressOutput = Type.Object({
  valid: Type.Boolean(),
  address: Type.Optional(Address),
  messages: Type.Array(ServiceMessage),
})
export type ValidateAddressInput = Static<typeof ValidateAddressInput>
export type ValidateAddressOutput = Static<typeof ValidateAddressOutput>
