import { describe, expect, it } from '@jest/globals'
import { compileChain, DefinitionError } from './index.ts'

const issuesOf = (hook: unknown, context: object = {}): { code: string; pointer: string }[] => {
  try {
    compileChain(hook, { service: 'Acme', ...context })
    return []
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error
    return error.issues.map(({ code, pointer }) => ({ code, pointer }))
  }
}

const get = (id: string, more: object = {}) => ({
  id,
  request: { method: 'GET', path: `/${id}` },
  expect: { where: true },
  ...more,
})
const hook = (steps: unknown[], more: object = {}) => ({ description: 'A hook', steps, result: {}, ...more })

describe('a hook is checked when it is saved', () => {
  it('finds nothing in a good one', () => {
    expect(issuesOf(hook([get('a'), get('b', { when: { $present: { $: 'steps.a.id' } } })]))).toEqual([])
  })

  it.each([
    ['an unknown field', hook([{ ...get('a'), goto: 'b' }]), 'bad_shape', '/steps/0/goto'],
    ['a missing request', hook([{ id: 'a' }]), 'bad_shape', '/steps/0/request'],
    ['an unknown step', hook([get('a', { when: { $: 'steps.z.ok' } })]), 'unknown_name', '/steps/0/when/$'],
    ['a step that reads itself', hook([get('a', { when: { $: 'steps.a.ok' } })]), 'unknown_name', '/steps/0/when/$'],
    [
      'an unknown name',
      hook([get('a', { request: { method: 'GET', path: '/', query: { q: { $: 'inptu.x' } } } })]),
      'unknown_name',
      '/steps/0/request/query/q/$',
    ],
    [
      'a response before there is one',
      hook([get('a', { when: { $: 'response.body' } })]),
      'unknown_name',
      '/steps/0/when/$',
    ],
    ['waiting for nobody', hook([get('a', { after: ['z'] })]), 'unknown_step', '/steps/0/after/0'],
    ['two steps of one name', hook([get('a'), get('a')]), 'duplicate_step', '/steps/0/id'],
    ['a step that never runs', hook([get('a', { when: false })]), 'unreachable', '/steps/0/when'],
    [
      'a read that nothing needs',
      hook([{ id: 'a', request: { method: 'GET', path: '/' } }]),
      'unused_step',
      '/steps/0',
    ],
    [
      'a loop over what is no list',
      hook([get('a', { forEach: { in: 'abc', limit: 1 } })]),
      'wrong_type',
      '/steps/0/forEach/in',
    ],
    [
      'a body on a GET',
      hook([get('a', { request: { method: 'GET', path: '/', body: {} } })]),
      'bad_request',
      '/steps/0/request',
    ],
    [
      'its own Authorization',
      hook([get('a', { request: { method: 'GET', path: '/', headers: { Authorization: 'x' } } })]),
      'bad_header',
      '/steps/0/request/headers/Authorization',
    ],
    [
      'dots in a path',
      hook([get('a', { request: { method: 'GET', path: '/a/../b' } })]),
      'bad_path',
      '/steps/0/request/path',
    ],
    [
      'a reconcile that writes',
      hook([
        {
          id: 'a',
          request: { method: 'POST', path: '/' },
          idempotency: { by: 'reconcile', request: { method: 'POST', path: '/' }, found: true },
        },
      ]),
      'bad_reconcile',
      '/steps/0/idempotency/request/method',
    ],
    [
      'a field the canonical input does not have',
      hook([get('a')], { input: 'GetRatesInput', result: { $: 'input.from.zip' } }),
      'unknown_name',
      '/result/$',
    ],
    ['an unknown event', hook([get('a')], { on: ['order.shipped'] }), 'unknown_event', '/on/0'],
    [
      'data of an event taken for something else',
      hook([get('a', { forEach: { in: { $: 'input.email' }, limit: 9 } })], { on: ['order.created'] }),
      'wrong_type',
      '/steps/0/forEach/in',
    ],
    ['an unknown shape', hook([get('a')], { input: 'GetPricesInput' }), 'unknown_schema', '/input'],
    [
      'a field the input does not have',
      hook([get('a')], {
        input: { type: 'object', additionalProperties: false, properties: {} },
        result: { $: 'input.x' },
      }),
      'unknown_name',
      '/result/$',
    ],
    [
      'a result of another type',
      hook([get('a')], { output: { type: 'object', required: ['rates'] }, result: { prices: [] } }),
      'missing',
      '/result',
    ],
  ])('%s', (_what, definition, code, pointer) => {
    expect(issuesOf(definition)).toContainEqual({ code, pointer })
  })

  it('a cycle', () => {
    const steps = [get('a', { after: ['c'] }), get('b', { after: ['a'] }), get('c', { when: { $: 'steps.b' } })]
    expect(issuesOf(hook(steps))).toEqual([{ code: 'cycle', pointer: '/steps/0' }])
  })

  it('a setting that there is not', () => {
    const settings = { type: 'object', additionalProperties: false, properties: { format: { type: 'string' } } }
    const definition = hook([get('a')], { result: { x: { $: 'settings.fromat' } } })
    expect(issuesOf(definition, { settings })).toEqual([{ code: 'unknown_name', pointer: '/result/x/$' }])
  })

  it('reports everything at once', () => {
    expect(issuesOf(hook([get('a', { when: { $: 'x' }, after: ['y'] })], { result: { $: 'z' } }))).toHaveLength(3)
  })
})

describe('whether a chain must be recorded', () => {
  const post = (idempotency?: object) =>
    hook([{ id: 'a', request: { method: 'POST', path: '/' }, ...(idempotency ? { idempotency } : {}) }])
  it.each([
    ['reads', hook([get('a')]), false],
    ['a write that may be repeated', post({ by: 'natural', because: 'it is a quote' }), false],
    ['a write with a key', post({ by: 'key', in: 'header', name: 'Idempotency-Key' }), false],
    ['a write', post(), true],
    [
      'a write that can be found out about',
      post({ by: 'reconcile', request: { method: 'GET', path: '/' }, found: true }),
      true,
    ],
  ])('%s', (_what, definition, durable) => {
    expect(compileChain(definition, { service: 'Acme' }).durable).toBe(durable)
  })
})
