import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { compileChain, DefinitionError, runChain, systemClock, type HttpPort } from './index.ts'

/** Steps that read from each other: `reads[n]` are the steps that step n reads from. */
const graph = fc.integer({ min: 1, max: 8 }).chain((size) =>
  fc.record({
    reads: fc.array(fc.uniqueArray(fc.integer({ min: 0, max: size - 1 }), { maxLength: 3 }), {
      minLength: size,
      maxLength: size,
    }),
    failing: fc.option(fc.integer({ min: 0, max: size - 1 })),
  }),
)

const hookOf = (reads: readonly (readonly number[])[]) => ({
  description: 'A generated chain',
  steps: reads.map((from, index) => ({
    id: `s${index}`,
    request: { method: 'POST', path: `/${index}`, body: { from: from.map((one) => ({ $: `steps.s${one}.done` })) } },
  })),
  result: { done: true },
})

/** The order of steps, by taking away again and again those that wait for nobody; undefined when some wait for ever. */
function orderOf(reads: readonly (readonly number[])[]): number[] | undefined {
  const order: number[] = []
  while (order.length < reads.length) {
    const next = reads.findIndex((from, index) => !order.includes(index) && from.every((one) => order.includes(one)))
    if (next < 0) return undefined
    order.push(next)
  }
  return order
}

describe('the order of steps', () => {
  it('follows their references, whatever they are, and nothing follows a failure', async () => {
    await fc.assert(
      fc.asyncProperty(graph, async ({ reads, failing }) => {
        const hook = hookOf(reads)
        if (!orderOf(reads)) {
          expect(() => compileChain(hook, { service: 'Acme' })).toThrow(DefinitionError)
          return
        }
        const answered = new Set<number>()
        const sent: number[] = []
        const http: HttpPort = {
          send: async ({ url }) => {
            const step = Number(new URL(url).pathname.slice(1))
            for (const one of reads[step]!) expect(answered).toContain(one)
            sent.push(step)
            await new Promise((resolve) => setImmediate(resolve))
            if (step !== failing) answered.add(step)
            return { status: step === failing ? 400 : 200, headers: {}, body: Buffer.from('{"done":true}') }
          },
        }
        const result = await runChain(compileChain(hook, { service: 'Acme' }), {
          input: {},
          execution: { id: 'exec_1', key: 'key_1' },
          baseUrl: 'https://api.acme.test',
          auth: { type: 'none' },
          credentials: {},
          http,
          clock: systemClock,
          random: () => 0,
          deadlineAt: systemClock.now() + 5_000,
        })
        expect(new Set(sent).size).toBe(sent.length)
        if (failing === null) expect(sent).toHaveLength(reads.length)
        else expect(result).toMatchObject({ status: 'failed', error: { step: `s${failing}` } })
      }),
      { numRuns: 300 },
    )
  })
})
