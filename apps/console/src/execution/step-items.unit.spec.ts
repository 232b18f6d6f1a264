import { describe, expect, it } from '@jest/globals'
import { itemsOf, type Attempt } from './step-items.ts'

const attempt = (number: number, index?: number): Attempt => ({
  attempt: number,
  ...(index === undefined ? {} : { index }),
  startedAt: '2026-11-24T09:00:00Z',
  durationMs: 1,
  request: { method: 'GET', url: 'https://example.com', headers: {} },
})

describe('itemsOf', () => {
  it('takes the last attempt as what counts, and keeps those that were tried again', () => {
    expect(itemsOf([attempt(1), attempt(2), attempt(3)])).toEqual([
      { index: undefined, earlier: [attempt(1), attempt(2)], last: attempt(3) },
    ])
  })

  it('tells the items of a step apart, in their order', () => {
    expect(itemsOf([attempt(1, 1), attempt(1, 0), attempt(2, 1)])).toEqual([
      { index: 0, earlier: [], last: attempt(1, 0) },
      { index: 1, earlier: [attempt(1, 1)], last: attempt(2, 1) },
    ])
  })

  it('finds none in a step that sent nothing', () => {
    expect(itemsOf([])).toEqual([])
  })
})
