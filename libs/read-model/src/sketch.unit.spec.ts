import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { Sketch } from './sketch.ts'

const sketchOf = (values: readonly number[]): Sketch => {
  const sketch = new Sketch()
  for (const value of values) sketch.record(value)
  return sketch
}
const durations = fc.array(fc.double({ min: 0.05, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 500 })
const ranks = [0, 0.5, 0.95, 0.99, 1]

describe('a sketch of durations', () => {
  it('gives every quantile within one percent of the value of that rank', () => {
    fc.assert(
      fc.property(durations, (values) => {
        const sorted = values.toSorted((a, b) => a - b)
        const read = Sketch.of(sketchOf(values).bytes).quantiles(ranks)
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
        merged.merge(sketchOf(second))
        expect(merged.bytes).toEqual(sketchOf([...first, ...second]).bytes)
      }),
    )
  })

  it('is the same when it has been stored', () => {
    fc.assert(
      fc.property(durations, fc.integer({ min: 0, max: 20 }), (values, doublings) => {
        const sketch = sketchOf(values)
        for (let i = 0; i < doublings; i++) sketch.merge(Sketch.of(sketch.bytes))
        expect(Sketch.of(sketch.bytes).bytes).toEqual(sketch.bytes)
        expect(Sketch.of(sketch.bytes).quantiles(ranks)).toEqual(sketch.quantiles(ranks))
      }),
    )
  })

  it('says nothing of nothing', () => {
    expect(new Sketch().quantiles([0.5])).toEqual([null])
  })
})
