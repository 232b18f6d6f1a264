import { describe, expect, it } from '@jest/globals'
import { closed, enter, leave, shown, type Circuit } from './circuit.ts'

const calls = (circuit: Circuit, count: number, answered: boolean, at: number): Circuit =>
  Array.from({ length: count }).reduce<Circuit>((before) => {
    const { circuit: inside, tries } = enter(before, at)
    return leave(inside, { tries, answered }, at)
  }, circuit)

describe('a circuit', () => {
  it('is shown half open from when it may be tried to the end of the try', () => {
    const open = calls(closed(0), 10, false, 0)
    expect([shown(closed(0), 0), shown(open, 4_999), shown(open, 5_000)]).toEqual(['closed', 'open', 'half_open'])
    expect(shown(enter(open, 5_000).circuit, 6_000)).toBe('half_open')
  })

  it('stays closed while few calls fail, or few of many', () => {
    expect(calls(closed(0), 9, false, 0).state).toBe('closed')
    expect(calls(calls(closed(0), 30, true, 0), 20, false, 0).state).toBe('closed')
  })

  it('opens when half of the calls of the window fail', () => {
    const circuit = calls(calls(closed(0), 10, true, 0), 10, false, 0)

    expect(circuit.state).toBe('open')
    expect(enter(circuit, 1).waitMs).toBeGreaterThan(0)
  })

  it('forgets failures that are older than its window', () => {
    const early = calls(closed(0), 9, false, 0)

    expect(calls(early, 9, false, 14_999).state).toBe('open')
    expect(calls(early, 9, false, 40_000).state).toBe('closed')
  })

  it('lets one call try when its time is over; the others wait for what comes of it', () => {
    const open = calls(closed(0), 10, false, 0)
    const first = enter(open, 5_000)
    const second = enter(first.circuit, 5_000)

    expect(first.waitMs).toBe(0)
    expect(second.waitMs).toBeGreaterThan(0)
    expect([first.tries, second.tries]).toEqual([true, false])
    expect(leave(second.circuit, { tries: true, answered: true }, 5_100).state).toBe('closed')
  })

  it('is not moved by calls from before it opened', () => {
    const open = calls(closed(0), 10, false, 0)

    for (const circuit of [open, enter(open, 5_000).circuit]) {
      for (const answered of [true, false]) expect(leave(circuit, { tries: false, answered }, 5_100)).toBe(circuit)
    }
  })

  it('lets another call try when the first is never heard of again', () => {
    const tried = enter(calls(closed(0), 10, false, 0), 5_000).circuit

    expect(enter(tried, 14_999)).toMatchObject({ tries: false, waitMs: 1_000 })
    expect(enter(tried, 15_000)).toMatchObject({ tries: true, waitMs: 0 })
  })

  it('stays open for twice as long after each try that fails, up to a minute', () => {
    let circuit = calls(closed(0), 10, false, 0)
    let now = 0
    const waits: number[] = []
    for (let i = 0; i < 5; i++) {
      const { waitMs } = enter(circuit, now)
      waits.push(waitMs)
      now += waitMs
      circuit = leave(enter(circuit, now).circuit, { tries: true, answered: false }, now)
    }

    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000])
  })
})
