import type { FastifyInstance } from 'fastify'
import { now, type Books, type Quote, type Shipment } from '../books.ts'
import { decimal } from '../services.ts'
import { failed, notFound, required } from './errors.ts'
import { addressShape, messagesShape, rateShape, second, type EasyPostShipmentRequest } from './shapes.ts'
import { missingFrom, shipmentSettings } from './shipment-request.ts'

type ParcelShipment = Shipment<EasyPostShipmentRequest>

interface OrderRequest extends Omit<EasyPostShipmentRequest, 'parcel'> {
  readonly shipments?: readonly Pick<EasyPostShipmentRequest, 'parcel'>[]
}

interface Order {
  readonly id: string
  readonly createdAt: string
  readonly request: OrderRequest
  /** One for each parcel. */
  readonly shipments: readonly ParcelShipment[]
}

/** What orders need of the shipments they are made of. */
export interface Shipments {
  shown(shipment: ParcelShipment): object
  buy(shipment: ParcelShipment, quote: Quote): void
  isBought(shipment: ParcelShipment): boolean
}

/** Orders: several parcels that are rated together and bought by carrier and service. */
export function orderRoutes(app: FastifyInstance, books: Books, { shown, buy, isBought }: Shipments): void {
  const orders = new Map<string, Order>()

  const orderShape = ({ id, createdAt, request, shipments }: Order): object => ({
    id,
    object: 'Order',
    mode: 'test',
    reference: request.reference ?? '',
    is_return: false,
    options: { currency: 'USD', payment: { type: 'SENDER' } },
    messages: shipments.flatMap(messagesShape),
    created_at: second(createdAt),
    updated_at: second(createdAt),
    customs_info: null,
    from_address: addressShape(books.id('adr_'), request.from_address),
    to_address: addressShape(books.id('adr_'), request.to_address),
    buyer_address: addressShape(books.id('adr_'), request.to_address),
    return_address: addressShape(books.id('adr_'), request.from_address),
    shipments: shipments.map((shipment) => ({ ...shown(shipment), order_id: id })),
    rates: (shipments[0]?.quotes ?? []).map((first, index) => orderRate(first, sum(shipments, index))),
  })

  app.post<{ Body: { order?: OrderRequest } }>('/v2/orders', (request, reply) => {
    const { shipments = [], ...addresses } = request.body?.order ?? {}
    if (shipments.length === 0) return required(reply, 'shipments')
    const wanted = shipments.map(({ parcel }) => ({ ...addresses, parcel }) as EasyPostShipmentRequest)
    const missing = wanted.map(missingFrom).find((field) => field !== undefined)
    if (missing) return required(reply, missing)
    const refused = request.behaviour?.kind === 'refused'
    const order: Order = {
      id: books.id('order_'),
      createdAt: now(),
      request: addresses as OrderRequest,
      shipments: wanted.map((shipment) => books.ship(shipmentSettings(shipment, refused))),
    }
    orders.set(order.id, order)
    return reply.code(201).send(orderShape(order))
  })

  app.get<{ Params: { id: string } }>('/v2/orders/:id', (request, reply) => {
    const order = orders.get(request.params.id)
    return order ? orderShape(order) : notFound(reply)
  })

  app.post<{ Params: { id: string }; Body: { carrier?: string; service?: string } }>(
    '/v2/orders/:id/buy',
    (request, reply) => {
      const order = orders.get(request.params.id)
      if (!order) return notFound(reply)
      if (order.shipments.some(isBought)) {
        return failed(reply, 422, 'SHIPMENT.POSTAGE.EXISTS', 'Labels of this order were bought before.')
      }
      const { carrier, service } = request.body ?? {}
      const at = order.shipments[0]!.quotes.findIndex(
        ({ service: quoted }) => quoted.easypostCarrier === carrier && quoted.easypostService === service,
      )
      if (at < 0 || request.behaviour?.kind === 'refused') {
        return failed(reply, 422, 'SHIPMENT.POSTAGE.FAILURE', 'The carrier refused this purchase; nothing was charged.')
      }
      for (const shipment of order.shipments) buy(shipment, shipment.quotes[at]!)
      return orderShape(order)
    },
  )
}

/** As EasyPost has it, the rate of an order bears the ids of its first parcel's rate, and the price of all. */
const orderRate = (first: Quote, cents: number): object => ({
  ...rateShape({ ...first, cents }, now()),
  created_at: null,
  updated_at: null,
  rate: decimal(cents),
  id: first.id,
  shipment_id: first.shipmentId,
})

const sum = (shipments: readonly ParcelShipment[], index: number): number =>
  shipments.reduce((cents, { quotes }) => cents + quotes[index]!.cents, 0)
