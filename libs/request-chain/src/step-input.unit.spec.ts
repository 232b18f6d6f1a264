import { describe, expect, it } from '@jest/globals'
import { compileChain, runChain, systemClock, type HttpPort } from './index.ts'

const http: HttpPort = {
  send: async ({ url }) => ({ status: 200, headers: {}, body: Buffer.from(JSON.stringify({ id: url.at(-1), n: 1 })) }),
}

async function recordsOf(steps: readonly object[], input: unknown, apiKey = 'acme_secret_key') {
  const chain = compileChain({ description: 'A hook', steps, result: { done: true } }, { service: 'Acme' })
  const { steps: records } = await runChain(chain, {
    input,
    settings: { format: 'PDF', unused: true },
    execution: { id: 'exec_1', key: 'key_1' },
    baseUrl: 'https://api.acme.test',
    auth: { type: 'api_key', in: 'header', name: 'Authorization' },
    credentials: { apiKey },
    http,
    clock: systemClock,
    random: Math.random,
    deadlineAt: Date.now() + 3_000,
  })
  return Object.fromEntries(records.map((record) => [record.id, record]))
}

const post = (id: string, body: unknown, rest: object = {}) => ({
  id,
  request: { method: 'POST', path: `/${id}`, body },
  ...rest,
})

describe('the record of a step', () => {
  it('holds what its rules were given, and nothing else', async () => {
    const input = {
      to: { city: 'Rome', zip: '00100' },
      parcels: [{ weight: 2 }, { weight: 3 }],
      note: 'none of its business',
    }

    const { a, b } = await recordsOf(
      [
        post('a', {
          city: { $: 'input.to.city' },
          zip: { $: 'input.to.zip' },
          first: { $: 'input.parcels[0].weight' },
        }),
        post('b', {
          a: { $: 'steps.a.id' },
          to: { $: 'input.to' },
          zip: { $: 'input.to.zip' },
          as: { $: 'settings.format' },
        }),
      ],
      input,
    )

    expect(a!.input).toEqual({ content: { input: { to: input.to, parcels: input.parcels } }, truncated: false })
    expect(b!.input?.content).toEqual({
      input: { to: input.to },
      settings: { format: 'PDF' },
      steps: { a: { id: 'a' } },
    })
    expect(b!.output?.content).toEqual({ id: 'b', n: 1 })
  })

  it('holds why it was skipped, and the list that it goes through', async () => {
    const records = await recordsOf(
      [
        post('skipped', {}, { when: { $present: { $: 'input.wanted' } }, after: [] }),
        post('each', { id: { $: 'item.id' } }, { forEach: { in: { $: 'input.items' }, limit: 5 } }),
      ],
      { wanted: null, items: [{ id: 1 }] },
    )

    expect(records['skipped']).toMatchObject({ status: 'skipped', input: { content: { input: { wanted: null } } } })
    expect(records['each']!.input?.content).toEqual({ input: { items: [{ id: 1 }] } })
  })

  it('holds no secret, and only the beginning of what is long', async () => {
    const { a } = await recordsOf([post('a', { of: { $: 'input.text' } })], {
      text: `acme_secret_key ${'x'.repeat(20_000)}`,
    })

    expect(a!.input).toMatchObject({ truncated: true, content: expect.stringContaining('[redacted]') })
    expect(JSON.stringify(a)).not.toContain('acme_secret_key')
  })
})
