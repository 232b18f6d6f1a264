import type { Customer, Inventory, Order, Product, WebhookDisabled } from './entities.ts'

const address = {
  name: 'Ada Park',
  street1: '731 Valencia Street',
  city: 'San Francisco',
  state: 'CA',
  postalCode: '94110',
  country: 'US',
  email: 'ada@example.com',
}

export const order: Order = {
  id: 'ord_1001',
  number: '#1001',
  status: 'open',
  customerId: 'cust_7',
  email: 'ada@example.com',
  items: [
    {
      id: 'item_1',
      productId: 'prod_42',
      sku: 'MUG-BLUE',
      title: 'Blue mug',
      quantity: 2,
      unitPrice: { amount: 1800, currency: 'USD' },
      weight: { value: 340, unit: 'g' },
    },
  ],
  subtotal: { amount: 3600, currency: 'USD' },
  shipping: { amount: 799, currency: 'USD' },
  tax: { amount: 310, currency: 'USD' },
  total: { amount: 4709, currency: 'USD' },
  shippingAddress: address,
  billingAddress: address,
  createdAt: '2026-11-24T09:30:00Z',
}

export const fulfilledOrder: Order = {
  ...order,
  status: 'fulfilled',
  fulfillment: { carrier: 'USPS', trackingNumber: '9205590164917312751089', shippedAt: '2026-11-25T15:00:00Z' },
  updatedAt: '2026-11-25T15:00:00Z',
}

export const product: Product = {
  id: 'prod_42',
  title: 'Blue mug',
  description: 'Stoneware, 350 ml',
  sku: 'MUG-BLUE',
  price: { amount: 1800, currency: 'USD' },
  weight: { value: 340, unit: 'g' },
  status: 'active',
  tags: ['kitchen'],
  createdAt: '2026-11-01T08:00:00Z',
}

export const productDeleted = { id: 'prod_42', deletedAt: '2026-11-24T09:30:00Z' }

export const customer: Customer = {
  id: 'cust_7',
  email: 'ada@example.com',
  firstName: 'Ada',
  lastName: 'Park',
  acceptsMarketing: false,
  addresses: [address],
  createdAt: '2026-11-20T10:00:00Z',
}

export const webhookDisabled: WebhookDisabled = {
  id: 'whk_06dbd5z8fff84j05z2ta8v6w6w',
  url: 'https://example.com/hooks',
  cause: 'failing',
  reason: 'Every delivery has failed for 5 days. The last error: The receiver answered 500',
  disabledAt: '2026-11-24T09:30:00Z',
}

export const inventory: Inventory = {
  productId: 'prod_42',
  sku: 'MUG-BLUE',
  locationId: 'loc_main',
  available: 14,
  previous: 16,
  updatedAt: '2026-11-24T09:30:00Z',
}
