import type { TSchema } from 'typebox'
import { compileSchema, type Validator } from '../schema.ts'
import { CloudEventShape, cloudEventOf, type StoreEvent } from './cloud-event.ts'
import { Customer, Inventory, Order, Product, ProductDeleted, WebhookDisabled } from './entities.ts'
import * as examples from './examples.ts'

/** One type of store event: what a merchant can subscribe to, and what the platform must publish. */
export interface StoreEventType {
  readonly type: string
  readonly version: number
  readonly description: string
  /** JSON Schema of the event's `data`. */
  readonly data: TSchema
  /** JSON Schema of the whole CloudEvent. */
  readonly schema: TSchema
  readonly example: StoreEvent
}

const eventType = (
  type: string,
  description: string,
  data: TSchema,
  example: object,
  subject: string,
): StoreEventType => ({
  type,
  version: 1,
  description,
  data,
  schema: cloudEventOf(type, data),
  example: {
    specversion: '1.0',
    id: `evt_example_${type.replace('.', '_')}`,
    source: 'https://cartly.example/stores/store_1',
    type,
    time: '2026-11-24T09:30:00Z',
    subject,
    datacontenttype: 'application/json',
    data: example as Record<string, unknown>,
  },
})

export const storeEventTypes: readonly StoreEventType[] = [
  eventType('order.created', 'A buyer placed an order', Order, examples.order, 'ord_1001'),
  eventType(
    'order.updated',
    'An order changed: its status, its items or an address',
    Order,
    { ...examples.order, status: 'paid', updatedAt: '2026-11-24T09:31:00Z' },
    'ord_1001',
  ),
  eventType('order.fulfilled', 'An order was handed to a carrier', Order, examples.fulfilledOrder, 'ord_1001'),
  eventType('product.created', 'A product was added to the catalogue', Product, examples.product, 'prod_42'),
  eventType(
    'product.updated',
    'A product changed: its price, its text or its status',
    Product,
    { ...examples.product, updatedAt: '2026-11-24T09:30:00Z' },
    'prod_42',
  ),
  eventType(
    'product.deleted',
    'A product was removed from the catalogue',
    ProductDeleted,
    examples.productDeleted,
    'prod_42',
  ),
  eventType('customer.created', 'A customer registered or placed a first order', Customer, examples.customer, 'cust_7'),
  eventType(
    'customer.updated',
    'A customer changed: an address, an e-mail, a consent',
    Customer,
    { ...examples.customer, acceptsMarketing: true, updatedAt: '2026-11-24T09:30:00Z' },
    'cust_7',
  ),
  eventType('inventory.updated', 'The quantity on hand of a product changed', Inventory, examples.inventory, 'prod_42'),
  eventType(
    'webhook.disabled',
    'Cartly disabled a webhook endpoint: its receiver was gone, or took nothing for days',
    WebhookDisabled,
    examples.webhookDisabled,
    examples.webhookDisabled.id,
  ),
]

const byType = new Map(storeEventTypes.map((entry) => [entry.type, entry]))

export const storeEventType = (type: string): StoreEventType | undefined => byType.get(type)

export type StoreEventCheck = { ok: true; event: StoreEvent } | { ok: false; code: string; reason: string }

const subjectPattern = /^store\.([A-Za-z0-9_-]{1,64})\.([a-z_]+\.[a-z_]+)$/

/** The store and event type that a subject `store.<storeId>.<entity>.<verb>` names. */
export function parseStoreSubject(subject: string): { storeId: string; type: string } | undefined {
  const match = subjectPattern.exec(subject)
  return match ? { storeId: match[1] as string, type: match[2] as string } : undefined
}

const reject = (code: string, reason: string): StoreEventCheck => ({ ok: false, code, reason })

const shape: Validator<unknown> = compileSchema(CloudEventShape)

/**
 * Checks a store event at the door: JSON, CloudEvents shape, agreement with its subject, the schema of its type.
 * Never throws: an event that does not fit is put aside with `reason`, and stops nothing behind it.
 */
export function checkStoreEvent(subject: string, body: Uint8Array): StoreEventCheck {
  const place = parseStoreSubject(subject)
  if (!place) return reject('invalid_subject', `The subject ${subject} is not store.<storeId>.<entity>.<verb>`)
  let value: unknown
  try {
    value = JSON.parse(decoder.decode(body))
  } catch (error) {
    return reject('invalid_json', `The body is not JSON: ${(error as Error).message}`)
  }
  const shapeErrors = shape.errors(value)
  if (shapeErrors.length > 0) return reject('invalid_cloudevent', sentence(shapeErrors))
  const event = value as StoreEvent
  if (event.type !== place.type)
    return reject('type_mismatch', `The event's type is ${event.type}, its subject says ${place.type}`)
  const known = byType.get(event.type)
  if (!known)
    return reject('unknown_type', `There is no event type ${event.type}; GET /v1/event-types lists those there are`)
  const errors = compileSchema(known.data).errors(event.data)
  if (errors.length > 0)
    return reject('invalid_data', sentence(errors.map((e) => ({ ...e, pointer: `/data${e.pointer}` }))))
  return { ok: true, event }
}

const decoder = new TextDecoder('utf-8', { fatal: true })

const sentence = (errors: { pointer: string; message: string }[]): string =>
  errors
    .slice(0, 5)
    .map((e) => `${e.pointer || 'the event'} ${e.message}`)
    .join('; ')
