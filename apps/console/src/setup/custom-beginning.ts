/** A small service that works as it stands, to change rather than to write from nothing. */
export const beginning = {
  name: 'My service',
  category: 'other',
  description: 'Tells my own server of each new order.',
  docsUrl: 'https://example.com/docs',
  baseUrl: 'https://api.example.com',
  auth: { type: 'bearer' },
  testConnection: { request: { method: 'GET', path: '/health' }, expect: { status: [200] } },
  hooks: {
    announce_order: {
      description: 'Announces an order',
      on: ['order.created'],
      steps: [
        {
          id: 'announce',
          request: {
            method: 'POST',
            path: '/orders',
            body: { number: { $: 'input.number' }, total: { $: 'input.total.amount' } },
          },
          expect: { status: [200, 201] },
          idempotency: { by: 'key', in: 'header', name: 'Idempotency-Key' },
        },
      ],
      result: { announced: true },
    },
  },
}
