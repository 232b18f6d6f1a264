/** The files of a template that has just been begun: right in form, with one hook to change. */
export function newTemplate(slug: string): readonly (readonly [file: string, text: string])[] {
  const name = slug
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')
  return [
    ['template.yaml', templateYaml(slug, name)],
    ['icon.svg', icon(name.charAt(0))],
    ['samples/order-created.json', `${JSON.stringify(sample(name), null, 2)}\n`],
  ]
}

const templateYaml = (slug: string, name: string): string => `# yaml-language-server: $schema=../../template.schema.json
slug: ${slug}
name: ${name}
version: 1.0.0
category: crm
description: What ${name} does for a store, in a sentence.
docsUrl: https://developers.example.com/

auth:
  type: bearer
  fields:
    apiKey: { label: Access token, help: Where a merchant finds it }

settings:
  type: object
  additionalProperties: false
  properties: {}

baseUrl: https://api.example.com/v1

testConnection:
  request: { method: GET, path: /me }
  expect:
    where: { $present: { $: response.body.id } }

errors:
  code: { $: response.body.error.code }
  message: { $: response.body.error.message }

mappings:
  order:
    description: An order, from Cartly's to ${name}'s.
    rules:
      reference: { $: input.number }
      total: { $decimal: { of: { $: input.total.amount }, currency: { $: input.total.currency } } }
      currency: { $: input.total.currency }

hooks:
  send_order:
    description: Sends each new order to ${name}.
    on: [order.created]
    deadlineMs: 10000
    steps:
      - id: order
        request:
          method: PUT
          path: [orders, { $: input.id }]
          body: { $apply: { mapping: order, to: { $: input } } }
        retry: { attempts: 4, waitMs: 500 }
        idempotency: { by: natural, because: the order is put under its own id }
    result: { id: { $: steps.order.id } }

provenance:
  checked: []
  secondHand: [Everything; nothing has been held against the service yet.]
`

const icon = (letter: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" role="img"><rect width="48" height="48" rx="10" fill="#475569"/><text x="24" y="33" font-family="system-ui, sans-serif" font-size="26" font-weight="700" text-anchor="middle" fill="#fff">${letter}</text></svg>\n`

const sample = (name: string): object => ({
  description: `A new order is sent to ${name}`,
  hook: 'send_order',
  input: { id: 'ord_1001', number: '#1001', total: { amount: 4709, currency: 'USD' } },
  event: { id: 'evt_1', type: 'order.created', time: '2026-11-24T09:30:00Z', storeId: 'store_1' },
  responses: { order: { body: { id: '77' } } },
  requests: [
    {
      step: 'order',
      method: 'PUT',
      path: '/orders/ord_1001',
      body: { reference: '#1001', total: '47.09', currency: 'USD' },
    },
  ],
  output: { id: '77' },
})
