import { describe, expect, it } from '@jest/globals'
import { defaultHealthSettings, EndpointHealth } from './health.ts'

const settings = {
  ...defaultHealthSettings,
  maxConcurrency: 8,
  startConcurrency: 2,
  openAfter: 3,
  openMs: 100,
  openAtMostMs: 300,
}
const health = () => new EndpointHealth(settings)

describe('what an endpoint may have in flight', () => {
  it('grows with each success up to the most, and halves when it cannot keep up', () => {
    const one = health()
    expect(one.limit(0)).toBe(2)
    for (let i = 0; i < 20; i++) one.succeeded(10)
    expect(one.limit(0)).toBe(8)
    one.failed(1_000, 10, true)
    expect(one.limit(1_000)).toBe(4)
    one.failed(1_001, 10, false)
    expect(one.limit(1_001)).toBe(4)
  })

  it('halves once for what was in flight together', () => {
    const one = health()
    for (let i = 0; i < 20; i++) one.succeeded(10)
    for (let i = 0; i < 2; i++) one.failed(1_000, 10, true)
    expect(one.limit(1_000)).toBe(4)
  })

  it('is nothing while Retry-After lasts', () => {
    const one = health()
    one.failed(0, 10, true, 5_000)
    expect(one.limit(4_999)).toBe(0)
    expect(one.limit(5_000)).toBeGreaterThan(0)
    expect(one.circuit(4_999)).toBe('closed')
  })
})

describe('a circuit', () => {
  it('opens after failures in a row, lets one through later, and opens for longer when that fails', () => {
    const one = health()
    one.failed(0, 10, false)
    one.succeeded(10)
    for (const at of [1, 2, 3]) one.failed(at, 10, false)
    expect([one.circuit(3), one.limit(3)]).toEqual(['open', 0])
    expect([one.circuit(103), one.limit(103)]).toEqual(['half_open', 1])
    one.failed(103, 10, false)
    expect(one.circuit(302)).toBe('open')
    expect(one.circuit(303)).toBe('half_open')
    one.failed(303, 10, false)
    one.failed(603, 10, false)
    // Never longer than it may.
    expect(one.circuit(903)).toBe('half_open')
    one.succeeded(10)
    expect([one.circuit(903), one.limit(903)]).toEqual(['closed', 3 + 1])
  })

  it('is tried by one attempt when somebody asks for it, but not before a Retry-After has ended', () => {
    const one = health()
    for (let i = 0; i < 3; i++) one.failed(0, 10, false)
    one.failed(0, 10, true, 50)
    one.reopen(10)
    expect([one.circuit(10), one.limit(10), one.pausedUntil]).toEqual(['half_open', 0, 50])
    expect([one.circuit(50), one.limit(50)]).toEqual(['half_open', 1])
  })

  it('is what another replica has found out, and a Retry-After that is known here is not shortened', () => {
    const [one, other] = [health(), health()]
    for (let i = 0; i < 3; i++) one.failed(0, 10, false)
    other.failed(0, 10, true, 500)
    other.learn(one.pause)
    expect([other.circuit(99), other.circuit(100), other.pausedUntil]).toEqual(['open', 'half_open', 500])
    one.succeeded(10)
    other.learn(one.pause)
    expect([other.circuit(99), other.limit(499), other.limit(500)]).toEqual(['closed', 0, 1])
    // It opens for longer next time, whoever finds out.
    for (let i = 0; i < 3; i++) one.failed(0, 10, false)
    other.learn(one.pause)
    other.failed(500, 10, false)
    one.learn(other.pause)
    expect([one.circuit(699), one.circuit(700)]).toEqual(['open', 'half_open'])
  })

  it('does not open for longer because of what was in flight when it opened', () => {
    const one = health()
    for (let i = 0; i < 10; i++) one.failed(0, 10, false)
    expect(one.circuit(100)).toBe('half_open')
  })
})
