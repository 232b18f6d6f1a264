import { describe, expect, it } from '@jest/globals'
import { Gate } from './gate.ts'

describe('a gate', () => {
  it('lets those through whose sequence has been passed, at once or when it is', async () => {
    const gate = new Gate()
    gate.pass(5)
    expect(await gate.wait(5, 0)).toBe(true)

    const seven = gate.wait(7, 1_000)
    const nine = gate.wait(9, 20)
    gate.pass(8)

    expect(await seven).toBe(true)
    expect(await nine).toBe(false)
  })
})
