import { Type, type Static } from 'typebox'
import { Address } from '../canonical/address.ts'
import { Money } from '../canonical/money.ts'
import { Weight } from '../canonical/parcel.ts'

/*
 * Tolerant on purpose: only what the engine itself relies on is required, so that the platform can add fields or
 * leave some out without an event being put aside; what is there must have the right type.
 */
const Id = Type.String({ minLength: 1, maxLength: 128 })
const Time = Type.String({ format: 'date-time' })
const PartialAddress = Type.Partial(Address)

export const OrderItem = Type.Object({
  id: Type.Optional(Id),
  productId: Type.Optional(Id),
  sku: Type.Optional(Type.String()),
  title: Type.Optional(Type.String()),
  quantity: Type.Optional(Type.Integer({ minimum: 0 })),
  unitPrice: Type.Optional(Money),
  weight: Type.Optional(Weight),
})

export const Order = Type.Object({
  id: Id,
  number: Type.Optional(Type.String({ description: 'What the merchant and the buyer call the order' })),
  status: Type.Optional(Type.String({ description: 'e.g. open, paid, fulfilled, cancelled, refunded' })),
  customerId: Type.Optional(Id),
  email: Type.Optional(Type.String()),
  items: Type.Optional(Type.Array(OrderItem)),
  subtotal: Type.Optional(Money),
  shipping: Type.Optional(Money),
  tax: Type.Optional(Money),
  total: Type.Optional(Money),
  shippingAddress: Type.Optional(PartialAddress),
  billingAddress: Type.Optional(PartialAddress),
  fulfillment: Type.Optional(
    Type.Object({
      carrier: Type.Optional(Type.String()),
      trackingNumber: Type.Optional(Type.String()),
      trackingUrl: Type.Optional(Type.String()),
      shippedAt: Type.Optional(Time),
    }),
  ),
  note: Type.Optional(Type.String()),
  createdAt: Type.Optional(Time),
  updatedAt: Type.Optional(Time),
})
export type Order = Static<typeof Order>

export const Product = Type.Object({
  id: Id,
  title: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  sku: Type.Optional(Type.String()),
  price: Type.Optional(Money),
  weight: Type.Optional(Weight),
  status: Type.Optional(Type.String({ description: 'e.g. active, draft, archived' })),
  tags: Type.Optional(Type.Array(Type.String())),
  imageUrl: Type.Optional(Type.String()),
  url: Type.Optional(Type.String()),
  createdAt: Type.Optional(Time),
  updatedAt: Type.Optional(Time),
})
export type Product = Static<typeof Product>

export const ProductDeleted = Type.Object({ id: Id, deletedAt: Type.Optional(Time) })

export const Customer = Type.Object({
  id: Id,
  email: Type.Optional(Type.String()),
  firstName: Type.Optional(Type.String()),
  lastName: Type.Optional(Type.String()),
  phone: Type.Optional(Type.String()),
  acceptsMarketing: Type.Optional(Type.Boolean()),
  addresses: Type.Optional(Type.Array(PartialAddress)),
  createdAt: Type.Optional(Time),
  updatedAt: Type.Optional(Time),
})
export type Customer = Static<typeof Customer>

/** Published by the engine itself, not by the platform. */
export const WebhookDisabled = Type.Object({
  id: Type.String({ description: 'Id of the webhook endpoint' }),
  url: Type.String(),
  cause: Type.String({ description: '`gone`: it answered 410; `failing`: everything failed for days' }),
  reason: Type.String(),
  disabledAt: Time,
})
export type WebhookDisabled = Static<typeof WebhookDisabled>

export const Inventory = Type.Object({
  productId: Id,
  sku: Type.Optional(Type.String()),
  locationId: Type.Optional(Id),
  available: Type.Optional(Type.Integer()),
  previous: Type.Optional(Type.Integer()),
  updatedAt: Type.Optional(Time),
})
export type Inventory = Static<typeof Inventory>
