import { describe, expect, it } from '@jest/globals'
import { compileChain, previewChain, type PreviewOptions } from './index.ts'

const hook = {
  description: 'Buys a label',
  steps: [
    { id: 'create', request: { method: 'POST', path: '/shipments', body: { zip: { $: 'input.zip' } } } },
    {
      id: 'buy',
      request: { method: 'POST', path: ['shipments', { $: 'steps.create.id' }, 'buy'] },
      retry: { attempts: 3, waitMs: 60_000 },
    },
  ],
  result: { label: { $: 'steps.buy.label' } },
}

const preview = (responses: PreviewOptions['responses']) =>
  previewChain(compileChain(hook, { service: 'Acme' }), {
    input: { zip: '94107' },
    execution: { id: 'exec_1', key: 'key_1' },
    baseUrl: 'https://api.acme.test',
    auth: { type: 'bearer' },
    credentials: { apiKey: 'acme_secret_key' },
    responses,
  })

describe('a preview', () => {
  it('shows the requests and the result that answers would lead to', async () => {
    expect(await preview({ create: { status: 201, body: { id: '7' } }, buy: { body: { label: 'L' } } })).toEqual({
      requests: [
        {
          step: 'create',
          method: 'POST',
          url: 'https://api.acme.test/shipments',
          headers: { accept: 'application/json', 'content-type': 'application/json', authorization: '[redacted]' },
          body: { zip: '94107' },
        },
        {
          step: 'buy',
          method: 'POST',
          url: 'https://api.acme.test/shipments/7/buy',
          headers: { accept: 'application/json', authorization: '[redacted]' },
        },
      ],
      output: { label: 'L' },
    })
  })

  it('goes as far as there are answers, and says where it stopped', async () => {
    const { requests, output, error } = await preview({})
    expect(requests.map(({ step }) => step)).toEqual(['create'])
    expect(output).toBeUndefined()
    expect(error).toMatchObject({
      code: 'no_response_given',
      step: 'create',
      message: 'The preview ends at "create": give a response for it to see what follows.',
    })
  })

  it('shows how an error would read, without waiting to try again', async () => {
    const { error } = await preview({ create: { body: { id: '7' } }, buy: { status: 503 } })
    expect(error).toMatchObject({ class: 'transient', code: 'http_503', step: 'buy' })
  })
})
