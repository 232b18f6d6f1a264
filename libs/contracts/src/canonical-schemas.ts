import { Address } from './canonical/address.ts'
import { Money } from './canonical/money.ts'
import { Parcel } from './canonical/parcel.ts'
import * as shipping from './canonical/shipping.ts'
import { Customer, Inventory, Order, Product } from './store-events/entities.ts'

/** Shapes that templates may name instead of writing a schema out: what hooks take and give, and what that is made of. */
export const canonicalSchemas = {
  GetRatesInput: shipping.GetRatesInput,
  GetRatesOutput: shipping.GetRatesOutput,
  BuyLabelInput: shipping.BuyLabelInput,
  BuyLabelOutput: shipping.BuyLabelOutput,
  VoidLabelInput: shipping.VoidLabelInput,
  VoidLabelOutput: shipping.VoidLabelOutput,
  TrackInput: shipping.TrackInput,
  TrackOutput: shipping.TrackOutput,
  ValidateAddressInput: shipping.ValidateAddressInput,
  ValidateAddressOutput: shipping.ValidateAddressOutput,
  Rate: shipping.Rate,
  ServiceMessage: shipping.ServiceMessage,
  Address,
  Parcel,
  Money,
} as const

/** The entities of store events, which may be named as well. The platform may add to them, so any member may be read. */
export const entitySchemas = { Order, Product, Customer, Inventory } as const
