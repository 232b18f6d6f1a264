import { Type, type Static } from 'typebox'
import { Address } from '../canonical/address.ts'
import { Money } from '../canonical/money.ts'
import { Weight } from '../canonical/parcel.ts'

const Id = Type.String({ minLength: 1, maxLength: 128 })
const Time = Type.String({ format: 'date-time' })

export const OrderItem = Type.Object({
  id: Id,
  productId: Id,
  sku: Type.Optional(Type.String()),
  title: Type.String(),
  quantity: Type.Integer({ minimum: 1 }),
  unitPrice: Money,
  weight: Type.Optional(Weight),
})

export const Order = Type.Object({
  id: Id,
  number: Type.String({ description: 'What the merchant and the buyer call the order' }),
  status: Type.Union([
    Type.Literal('open'),
    Type.Literal('paid'),
    Type.Literal('fulfilled'),
    Type.Literal('cancelled'),
    Type.Literal('refunded'),
  ]),
  customerId: Type.Optional(Id),
  email: Type.Optional(Type.String()),
  items: Type.Array(OrderItem, { minItems: 1 }),
  subtotal: Money,
  shipping: Type.Optional(Money),
  tax: Type.Optional(Money),
  total: Money,
  shippingAddress: Type.Optional(Address),
  billingAddress: Type.Optional(Address),
  fulfillment: Type.Optional(
    Type.Object({
      carrier: Type.Optional(Type.String()),
      trackingNumber: Type.Optional(Type.String()),
      trackingUrl: Type.Optional(Type.String()),
      shippedAt: Type.Optional(Time),
    }),
  ),
  note: Type.Optional(Type.String()),
  createdAt: Time,
  updatedAt: Type.Optional(Time),
})
export type Order = Static<typeof Order>

export const Product = Type.Object({
  id: Id,
  title: Type.String(),
  description: Type.Optional(Type.String()),
  sku: Type.Optional(Type.String()),
  price: Money,
  weight: Type.Optional(Weight),
  status: Type.Union([Type.Literal('active'), Type.Literal('draft'), Type.Literal('archived')]),
  tags: Type.Optional(Type.Array(Type.String())),
  imageUrl: Type.Optional(Type.String()),
  url: Type.Optional(Type.String()),
  createdAt: Time,
  updatedAt: Type.Optional(Time),
})
export type Product = Static<typeof Product>

export const ProductDeleted = Type.Object({ id: Id, deletedAt: Time })

export const Customer = Type.Object({
  id: Id,
  email: Type.Optional(Type.String()),
  firstName: Type.Optional(Type.String()),
  lastName: Type.Optional(Type.String()),
  phone: Type.Optional(Type.String()),
  acceptsMarketing: Type.Optional(Type.Boolean()),
  addresses: Type.Optional(Type.Array(Address)),
  createdAt: Time,
  updatedAt: Type.Optional(Time),
})
export type Customer = Static<typeof Customer>

export const Inventory = Type.Object({
  productId: Id,
  sku: Type.Optional(Type.String()),
  locationId: Type.Optional(Id),
  available: Type.Integer(),
  previous: Type.Optional(Type.Integer()),
  updatedAt: Time,
})
export type Inventory = Static<typeof Inventory>
