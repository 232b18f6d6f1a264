/** A definition of a store's own, with one hook `ask` of one step, changed as the spec needs it. */
export const definitionOf = (over: {
  hook?: Record<string, unknown>
  step?: Record<string, unknown>
  definition?: Record<string, unknown>
}): object => ({
  slug: 'custom',
  name: 'Acme',
  version: '1.0.0',
  category: 'other',
  description: 'A service of this spec',
  docsUrl: 'https://acme.example/docs',
  auth: { type: 'api_key', in: 'header', name: 'x-api-key' },
  settings: { type: 'object', properties: { greeting: { type: 'string' } } },
  baseUrl: 'https://acme.example',
  testConnection: { request: { method: 'GET', path: '/me' }, expect: { status: [200] } },
  hooks: {
    ask: {
      description: 'Asks',
      steps: [
        {
          id: 'ask',
          request: { method: 'POST', path: '/ask', body: { question: { $: 'input.question' } } },
          idempotency: { by: 'natural', because: 'it only asks' },
          ...over.step,
        },
      ],
      result: { answer: { $: 'steps.ask.answer' } },
      ...over.hook,
    },
  },
  ...over.definition,
})
