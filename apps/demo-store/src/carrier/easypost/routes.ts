import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Books, Quote, Shipment } from '../books.ts'
import {
  addressShape,
  messagesShape,
  rateShape,
  second,
  shipmentShape,
  type EasyPostAddress,
  type EasyPostShipmentRequest,
  type Purchase,
} from './shapes.ts'
import { orderRoutes } from './orders.ts'
import { failed, notFound, required } from './errors.ts'
import { missingFrom, shipmentSettings } from './shipment-request.ts'
import { trackerShape } from './tracking.ts'

/** EasyPost's API v2, as far as a connector uses it. https://docs.easypost.com */
export function easypostRoutes(app: FastifyInstance, books: Books, url: () => string): void {
  const addresses = new Map<string, EasyPostAddress>()
  const purchases = new Map<string, Purchase>()
  const trackers = new Map<string, { code: string; carrier: string | undefined }>()

  const shipmentOf = (id: string): Shipment<EasyPostShipmentRequest> | undefined => {
    const shipment = books.shipment(id)
    return shipment?.vendor === 'easypost' ? (shipment as Shipment<EasyPostShipmentRequest>) : undefined
  }
  const shown = (shipment: Shipment<EasyPostShipmentRequest>): object =>
    shipmentShape(books, shipment, purchases.get(shipment.id), url())
  const buy = (shipment: Shipment<EasyPostShipmentRequest>, quote: Quote): void => {
    const label = books.buy(quote, 'easypost', shipment.request.reference ?? '')
    purchases.set(shipment.id, { label, refundStatus: null })
  }
  orderRoutes(app, books, { shown, buy, isBought: ({ id }) => purchases.has(id) })

  app.post<{ Body: { shipment?: EasyPostShipmentRequest } }>('/v2/shipments', (request, reply) => {
    const wanted = request.body?.shipment
    const missing = missingFrom(wanted)
    if (!wanted || missing) return required(reply, missing ?? 'shipment')
    const shipment = books.ship(shipmentSettings(wanted, request.behaviour?.kind === 'refused'))
    return reply.code(201).header('location', `/api/v2/shipments/${shipment.id}`).send(shown(shipment))
  })

  app.post<{ Body: { shipment?: EasyPostShipmentRequest } }>('/beta/rates', (request, reply) => {
    const wanted = request.body?.shipment
    const missing = missingFrom(wanted)
    if (!wanted || missing) return required(reply, missing ?? 'shipment')
    const shipment = books.ship(shipmentSettings(wanted, request.behaviour?.kind === 'refused'))
    return {
      rates: shipment.quotes.map((quote) => rateShape(quote, shipment.createdAt)),
      messages: messagesShape(shipment),
    }
  })

  app.get<{ Params: { id: string } }>('/v2/shipments/:id', (request, reply) => {
    const shipment = shipmentOf(request.params.id)
    return shipment ? shown(shipment) : notFound(reply)
  })

  app.get<{ Params: { id: string } }>('/v2/rates/:id', (request, reply) => {
    const quote = books.quote(request.params.id)
    const shipment = quote && shipmentOf(quote.shipmentId)
    if (!shipment) return notFound(reply)
    return { ...rateShape(quote, second(shipment.createdAt)), id: quote.id, shipment_id: shipment.id }
  })

  app.post<{ Params: { id: string }; Body: { rate?: { id?: string } } }>('/v2/shipments/:id/buy', (request, reply) => {
    const shipment = shipmentOf(request.params.id)
    if (!shipment) return notFound(reply)
    if (purchases.has(shipment.id)) {
      return failed(reply, 422, 'SHIPMENT.POSTAGE.EXISTS', 'A label of this shipment was bought before.')
    }
    const quote = shipment.quotes.find(({ id }) => id === request.body?.rate?.id)
    if (!quote) return failed(reply, 422, 'SHIPMENT.POSTAGE.FAILURE', 'The shipment has no such rate.')
    if (request.behaviour?.kind === 'refused') {
      return failed(reply, 422, 'SHIPMENT.POSTAGE.FAILURE', 'The carrier refused this purchase; nothing was charged.')
    }
    buy(shipment, quote)
    return shown(shipment)
  })

  app.post<{ Params: { id: string } }>('/v2/shipments/:id/refund', (request, reply) => {
    const shipment = shipmentOf(request.params.id)
    const purchase = purchases.get(request.params.id)
    if (!shipment) return notFound(reply)
    if (!purchase) return failed(reply, 422, 'SHIPMENT.REFUND.UNAVAILABLE', 'No label of this shipment was bought.')
    purchase.label.refunded = true
    purchase.refundStatus ??= 'submitted'
    return shown(shipment)
  })

  app.post<{ Body: { tracker?: { tracking_code?: string; carrier?: string } } }>('/v2/trackers', (request, reply) => {
    const { tracking_code: code, carrier } = request.body?.tracker ?? {}
    if (!code) return required(reply, 'tracking_code')
    const id = books.id('trk_')
    trackers.set(id, { code, carrier })
    return trackerShape(books, id, code, carrier)
  })

  app.get<{ Params: { id: string } }>('/v2/trackers/:id', (request, reply) => {
    const tracker = trackers.get(request.params.id)
    return tracker ? trackerShape(books, request.params.id, tracker.code, tracker.carrier) : notFound(reply)
  })

  app.post<{ Body: AddressRequest }>('/v2/addresses', (request, reply) => {
    const { address = {}, verify, verify_strict } = request.body ?? {}
    const problems = problemsOf(address)
    if ((verify_strict ?? address['verify_strict']) && problems.length > 0) return unverified(reply, problems)
    const id = books.id('adr_')
    addresses.set(id, address)
    const wanted = verify ?? address['verify'] ?? verify_strict ?? address['verify_strict']
    return reply.code(201).send(addressShape(id, address, wanted ? verificationsOf(problems) : {}))
  })

  app.post<{ Body: AddressRequest }>('/v2/addresses/create_and_verify', (request, reply) => {
    const { address = {} } = request.body ?? {}
    const problems = problemsOf(address)
    if (problems.length > 0) return unverified(reply, problems)
    const id = books.id('adr_')
    addresses.set(id, address)
    return { address: addressShape(id, address, verificationsOf([])) }
  })

  app.get<{ Params: { id: string } }>('/v2/addresses/:id/verify', (request, reply) => {
    const address = addresses.get(request.params.id)
    if (!address) return notFound(reply)
    const problems = problemsOf(address)
    if (problems.length > 0) return unverified(reply, problems)
    return { address: addressShape(request.params.id, address, verificationsOf([])) }
  })

  app.get<{ Querystring: { page_size?: string } }>('/v2/addresses', (request) => {
    const size = Number(request.query.page_size ?? 20)
    const latest = [...addresses].slice(-size).map(([id, address]) => addressShape(id, address))
    return { addresses: latest, has_more: addresses.size > latest.length }
  })

  app.get('/v2/users', (request, reply) =>
    keyOf(request.headers.authorization)?.startsWith('EZAK')
      ? { id: 'user_sandbox', object: 'User', name: 'Sandbox', email: 'demo@cartly.example', children: [] }
      : failed(reply, 403, 'MODE.UNAUTHORIZED', 'Users are shown to production keys only.'),
  )
}

/** Whose API a path belongs to. */
export const isEasypost = (url: string): boolean => url.startsWith('/v2/') || url.startsWith('/beta/')

interface AddressRequest {
  readonly address?: EasyPostAddress
  readonly verify?: unknown
  readonly verify_strict?: unknown
}

/** Basic authentication with the key as user name and no password. */
function keyOf(authorization: string | undefined): string | undefined {
  const [scheme, encoded] = authorization?.split(' ') ?? []
  if (scheme !== 'Basic' || !encoded) return undefined
  return Buffer.from(encoded, 'base64').toString().split(':')[0]
}

/** Why a request is refused; nothing when its key is fine. A key that ends in `dead` is revoked. */
export function easypostRefusal(authorization: string | undefined): string | undefined {
  const key = keyOf(authorization)
  if (!key) return 'This request needs an API key.'
  return /^EZ[AT]K[A-Za-z0-9]+$/.test(key) && !key.endsWith('dead') ? undefined : 'This API key is not active.'
}

interface Problem {
  readonly code: string
  readonly field: string
  readonly message: string
  readonly suggestion: null
}

const problem = (code: string, field: string, message: string): Problem => ({ code, field, message, suggestion: null })

function problemsOf(address: EasyPostAddress): Problem[] {
  const problems: Problem[] = []
  if (!address['city'] || address.zip?.startsWith('00')) {
    problems.push(problem('E.ADDRESS.NOT_FOUND', 'address', 'Address not found'))
  }
  if (!/^\d/.test(String(address['street1'] ?? ''))) {
    problems.push(problem('E.HOUSE_NUMBER.MISSING', 'street1', 'House number is missing'))
  }
  return problems
}

const unverified = (reply: FastifyReply, problems: Problem[]): FastifyReply =>
  failed(reply, 422, 'ADDRESS.VERIFY.FAILURE', 'Unable to verify address.', problems)

const verificationsOf = (errors: Problem[]): object => ({
  delivery: { success: errors.length === 0, errors, details: errors.length === 0 ? verifiedAt : null },
  zip4: { success: errors.length === 0, errors, details: null },
})

const verifiedAt = { latitude: 37.8, longitude: -122.27, time_zone: 'America/Los_Angeles' }
