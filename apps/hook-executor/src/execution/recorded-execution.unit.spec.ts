import { compileSchema, ExecutionRecorded, newId, type StepRecord } from '@cartly/contracts'
import { describe, expect, it } from '@jest/globals'
import type { Execution } from './execution.ts'
import { recordedExecution as recorded } from './recorded-execution.ts'

const execution = (input: unknown): Execution =>
  ({
    id: newId('exec'),
    key: 'key',
    connector: { storeId: 'store_1', connectorId: newId('conn'), revision: 3, template: null },
    hook: { name: 'get_rates' },
    trigger: 'invoke',
    input,
    startedAt: 1_000,
    deadlineAt: 4_000,
  }) as unknown as Execution

const step = (attempts: number, bodyChars: number): StepRecord => ({
  id: 'ask',
  status: 'succeeded',
  offsetMs: 0,
  durationMs: 5,
  input: body(bodyChars),
  attempts: Array.from({ length: attempts }, (_, index) => ({
    attempt: index + 1,
    startedAt: '2026-11-24T09:30:00.000Z',
    durationMs: 1,
    request: { method: 'POST', url: 'https://a.example/', headers: { accept: 'x' }, body: body(bodyChars) },
    response: { status: 200, headers: {}, body: body(bodyChars) },
  })),
})
const body = (chars: number) => ({ content: 'x'.repeat(chars), truncated: false })
/** The fact, which is what its JSON says. */
function recordedExecution(...of: Parameters<typeof recorded>): ExecutionRecorded {
  const { fact, json } = recorded(...of)
  expect(JSON.parse(json)).toEqual(fact)
  return fact
}
const ended = { status: 'succeeded', source: 'live', endedAt: 1_250 } as const
const valid = compileSchema(ExecutionRecorded)
const size = (fact: object): number => Buffer.byteLength(JSON.stringify(fact))

describe('the record of an execution', () => {
  it('says what ran, with what, and how long it took', () => {
    const fact = recordedExecution(execution({ a: 1 }), { ...ended, output: { b: 2 }, steps: [step(1, 10)] })

    expect(valid.errors(fact)).toEqual([])
    expect(fact).toMatchObject({
      connectorRevision: 3,
      templateVersion: null,
      durationMs: 250,
      deadlineMs: 3_000,
      input: { content: { a: 1 }, truncated: false },
      output: { content: { b: 2 }, truncated: false },
    })
  })

  it('keeps the beginning of a long input', () => {
    const { input } = recordedExecution(execution('y'.repeat(100_000)), { ...ended, steps: [] })

    expect(input.truncated).toBe(true)
    expect((input.content as string).length).toBe(16_384)
  })

  it.each([
    ['many large answers', [step(20, 16_000)]],
    ['thousands of attempts', [step(5_000, 1_000)]],
    ['hundreds of steps', Array.from({ length: 400 }, () => step(20, 100))],
  ])('stays within 256 KiB with %s', (_, steps) => {
    const fact = recordedExecution(execution({}), { ...ended, steps })

    expect(size(fact)).toBeLessThanOrEqual(256 * 1024)
    expect(valid.errors(fact)).toEqual([])
    expect(fact.steps).toHaveLength(steps.length)
    expect(fact.steps[0]!.status).toBe('succeeded')
  })

  it('gives up answers before it gives up requests', () => {
    const [kept] = recordedExecution(execution({}), { ...ended, steps: [step(10, 14_000)] }).steps

    expect(kept!.attempts[0]!.request.body?.truncated).toBe(false)
    expect(kept!.attempts[0]!.response?.body?.truncated).toBe(true)
  })
})
