import type { FastifyInstance, FastifyReply } from 'fastify'
import { now, type Books, type Shipment } from '../books.ts'
import {
  addressShape,
  isComplete,
  messagesShape,
  pounds,
  ratesShape,
  shipmentShape,
  transactionShape,
  type ShippoAddress,
  type ShippoShipmentRequest,
  type Transaction,
} from './shapes.ts'
import { trackShape } from './tracking.ts'

const carriers = new Set(['shippo', 'usps', 'ups', 'fedex', 'dhl_express'])

const required = ['This field is required.']

/** Shippo's API, version 2018-02-08, as far as a connector uses it. https://docs.goshippo.com */
export function shippoRoutes(app: FastifyInstance, books: Books, url: () => string): void {
  const addresses = new Map<string, ShippoAddress>()
  const transactions = new Map<string, Transaction>()
  const refunds = new Map<string, { transaction: Transaction; at: string }>()

  app.post<{ Body: ShippoShipmentRequest }>('/shipments', (request, reply) => {
    const wrong = shipmentErrors(request.body)
    if (wrong) return reply.code(400).send(wrong)
    const { address_from, address_to, parcels } = request.body
    const shipment = books.ship({
      vendor: 'shippo',
      request: request.body,
      fromPostalCode: address_from.zip,
      toPostalCode: address_to.zip,
      pounds: parcels.map(pounds),
      refused: request.behaviour?.kind === 'refused',
    })
    // Asynchronous unless told otherwise: the rates are then fetched with a second request.
    return reply.code(201).send(shipmentShape(books, shipment, request.body.async === false))
  })

  app.get<{ Params: { id: string } }>('/shipments/:id', (request, reply) => {
    const shipment = books.shipment(request.params.id)
    return shipment ? shipmentShape(books, shipment as Shipment<ShippoShipmentRequest>, true) : notFound(reply)
  })

  app.get<{ Params: { id: string } }>('/shipments/:id/rates', (request, reply) => {
    const shipment = books.shipment(request.params.id)
    return shipment ? { ...page(ratesShape(shipment)), messages: messagesShape(shipment) } : notFound(reply)
  })

  app.get<{ Params: { id: string } }>('/rates/:id', (request, reply) => {
    const shipment = books.shipment(books.quote(request.params.id)?.shipmentId ?? '')
    const rate = shipment && ratesShape(shipment)[shipment.quotes.findIndex(({ id }) => id === request.params.id)]
    return rate ?? notFound(reply)
  })

  app.post<{ Body: { rate?: string; metadata?: string; async?: boolean } }>('/transactions', (request, reply) => {
    const { rate, metadata = '', async } = request.body
    if (!rate) return reply.code(400).send({ rate: required })
    const quote = books.quote(rate)
    if (!quote) return reply.code(400).send({ rate: [`Rate with supplied object_id ${rate} not found.`] })
    const refused = request.behaviour?.kind === 'refused'
    const transaction: Transaction = {
      id: books.id(),
      rate,
      at: now(),
      metadata,
      label: refused ? undefined : books.buy(quote, 'shippo', metadata),
      status: refused ? 'ERROR' : async === false ? 'SUCCESS' : 'QUEUED',
    }
    transactions.set(transaction.id, transaction)
    return reply.code(201).send(transactionShape(transaction, url()))
  })

  app.get<{ Params: { id: string } }>('/transactions/:id', (request, reply) => {
    const transaction = transactions.get(request.params.id)
    if (!transaction) return notFound(reply)
    if (transaction.status === 'QUEUED') transaction.status = 'SUCCESS'
    return transactionShape(transaction, url())
  })

  app.get<{ Querystring: { rate?: string } }>('/transactions', (request) =>
    page(
      [...transactions.values()]
        .filter(({ rate }) => request.query.rate === undefined || rate === request.query.rate)
        .map((transaction) => transactionShape(transaction, url())),
    ),
  )

  app.post<{ Body: { transaction?: string } }>('/refunds', (request, reply) => {
    const transaction = transactions.get(request.body.transaction ?? '')
    if (!transaction?.label || transaction.label.refunded) {
      return reply.code(400).send({ transaction: ['There is no label of this transaction to refund.'] })
    }
    transaction.label.refunded = true
    const id = books.id()
    refunds.set(id, { transaction, at: now() })
    return reply.code(201).send(refundShape(id, transaction, 'QUEUED'))
  })

  app.get<{ Params: { id: string } }>('/refunds/:id', (request, reply) => {
    const refund = refunds.get(request.params.id)
    return refund ? refundShape(request.params.id, refund.transaction, 'SUCCESS') : notFound(reply)
  })

  app.post<{ Body: { carrier?: string; tracking_number?: string; metadata?: string } }>('/tracks', (request, reply) => {
    const { carrier = '', tracking_number, metadata = '' } = request.body
    if (!carriers.has(carrier)) {
      return reply.code(400).send({ carrier: [`Invalid value specified for provider '${carrier}'`] })
    }
    if (!tracking_number) return reply.code(400).send({ tracking_number: required })
    return reply.code(201).send(trackShape(books, carrier, tracking_number, metadata))
  })

  app.get<{ Params: { carrier: string; number: string } }>('/tracks/:carrier/:number', (request, reply) => {
    const { carrier, number } = request.params
    return carriers.has(carrier) ? trackShape(books, carrier, number, '') : notFound(reply)
  })

  app.post<{ Body: ShippoAddress }>('/addresses', (request, reply) => {
    if (!request.body.country) return reply.code(400).send({ country: required })
    const id = books.id()
    addresses.set(id, request.body)
    const validate = request.body['validate'] === true
    return reply.code(201).send(addressShape(id, request.body, validate ? validationOf(request.body) : {}))
  })

  app.get('/addresses', () => page([...addresses].map(([id, address]) => addressShape(id, address))))

  app.get<{ Params: { id: string } }>('/addresses/:id/validate', (request, reply) => {
    const address = addresses.get(request.params.id)
    return address ? addressShape(books.id(), address, validationOf(address)) : notFound(reply)
  })

  app.get('/parcel-templates', () =>
    page([
      {
        token: 'USPS_MediumFlatRateBox1',
        name: 'Medium Flat Rate Box 1',
        carrier: 'USPS',
        distance_unit: 'in',
        length: '11.25',
        width: '8.75',
        height: '6.00',
        is_variable_dimensions: false,
      },
    ]),
  )
}

/** Shippo's answer to a request without a token, or with one it does not know. A token that ends in `dead` is revoked. */
export function shippoRefusal(authorization: string | undefined): string | undefined {
  if (!authorization) return 'Authentication credentials were not provided.'
  return /^ShippoToken shippo_test_\w+$/.test(authorization) && !authorization.endsWith('dead')
    ? undefined
    : 'Token does not exist'
}

/** Shippo's form of a failure of its own. */
export function shippoFailure(status: number): object {
  return { detail: status === 429 ? 'Request was throttled.' : `The sandbox was told to answer ${status}.` }
}

const page = (results: object[]): object => ({ count: results.length, next: null, previous: null, results })

const refundShape = (id: string, transaction: Transaction, status: string): object => ({
  object_id: id,
  object_created: now(),
  object_updated: now(),
  object_owner: 'demo@cartly.example',
  status,
  transaction: transaction.id,
  test: true,
})

function shipmentErrors(body: Partial<ShippoShipmentRequest> | undefined): object | undefined {
  const wrong: Record<string, unknown> = {}
  if (!body?.address_from) wrong['address_from'] = required
  if (!body?.address_to) wrong['address_to'] = required
  if (!Array.isArray(body?.parcels) || body.parcels.length === 0) wrong['parcels'] = required
  else {
    const parcels = body.parcels.map((parcel) =>
      Object.fromEntries(
        ['length', 'width', 'height', 'distance_unit', 'weight', 'mass_unit']
          .filter((field) => typeof parcel[field] !== 'string')
          .map((field) => [field, parcel[field] === undefined ? required : ['Not a valid string.']]),
      ),
    )
    if (parcels.some((errors) => Object.keys(errors).length > 0)) wrong['parcels'] = parcels
  }
  return Object.keys(wrong).length > 0 ? wrong : undefined
}

function validationOf(address: ShippoAddress): object {
  const valid = isComplete(address) && /^\d{5}(-\d{4})?$/.test(address.zip ?? '') && !address.zip?.startsWith('00')
  return valid
    ? { is_valid: true, messages: [] }
    : {
        is_valid: false,
        messages: [
          { source: 'USPS', code: 'Address Not Found', type: 'address_error', text: 'The address was not found.' },
        ],
      }
}

/** Shippo answers an unknown path or id with a page of HTML. */
export function notFound(reply: FastifyReply): FastifyReply {
  const { url } = reply.request
  return reply
    .code(404)
    .type('text/html')
    .send(`<h1>Not Found</h1><p>There is nothing at ${url.replaceAll(/[<>&"]/g, '')} on this server.</p>`)
}
