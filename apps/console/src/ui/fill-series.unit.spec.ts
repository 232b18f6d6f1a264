import { describe, expect, it } from '@jest/globals'
import { fillSeries } from './fill-series.ts'

const point = (at: string, total = 1) => ({ at, total, failed: 0, p50: 1, p95: 2 })
const now = Date.parse('2026-11-24T12:10:00Z')

describe('fillSeries', () => {
  it('gives every step of an empty window', () => {
    const filled = fillSeries([], '24h', now)

    expect(filled).toHaveLength(24)
    expect(filled.at(-1)).toEqual({ at: '2026-11-24T12:00:00.000Z', total: 0, failed: 0, p50: null, p95: null })
  })

  it('keeps each point at its place, whatever the gaps between them', () => {
    const points = [point('2026-11-24T08:00:00Z', 3), point('2026-11-24T09:30:00Z', 5)]

    const filled = fillSeries(points, '24h', now)

    expect(filled.filter(({ total }) => total > 0)).toEqual(points)
    expect(filled).toHaveLength(48)
    expect(filled.at(-1)!.at).toBe('2026-11-24T12:00:00.000Z')
  })
})
