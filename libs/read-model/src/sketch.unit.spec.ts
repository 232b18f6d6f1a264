import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { merge, quantiles, record, type Sketch } from './sketch.ts'

const sketchOf = (values: readonly number[]): Sketch => {
  const sketch: Sketch = {}
  for (const value of values) record(sketch, value)
  return sketch
}
const durations = fc.array(fc.double({ min: 0.05, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 500 })
const ranks = [0, 0.5, 0.95, 0.99, 1]

describe('a sketch of durations', () => {
  it('gives every quantile within one percent of the value of that rank', () => {
    fc.assert(
      fc.property(durations, (values) => {
        const sorted = values.toSorted((a, b) => a - b)
        const read = quantiles(sketchOf(values), ranks)
        for (const [i, rank] of ranks.entries()) {
          const exact = sorted[Math.floor(rank * (sorted.length - 1))]!
          expect(Math.abs(read[i]! - exact)).toBeLessThanOrEqual(exact * 0.01 + 0.005)
        }
      }),
    )
  })

  it('is the same whether values are recorded together or merged', () => {
    fc.assert(
      fc.property(durations, durations, (first, second) => {
        const merged = sketchOf(first)
        merge(merged, sketchOf(second))
        expect(merged).toEqual(sketchOf([...first, ...second]))
      }),
    )
  })

  it('says nothing of nothing', () => {
    expect(quantiles({}, [0.5])).toEqual([null])
  })
})
