import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Roster } from './roster.ts'

/** A message of the log they all read: whom a member reckons with, or that it is gone. */
interface Message {
  readonly id: string
  readonly acknowledged: readonly string[] | undefined
}

/** A replica, with as much of the log as has reached it. */
class Replica {
  readonly roster: Roster
  readonly #log: Message[]
  #position = 0
  #seen = false
  #complete = false
  alive = true
  running = 0
  sends = false

  constructor(id: string, log: Message[]) {
    this.roster = new Roster(id)
    this.#log = log
    this.beat()
  }

  /** Takes the next message; the log keeps only the last of each member. */
  take(): void {
    const at = this.#log.findIndex(
      ({ id }, index) => index >= this.#position && this.#log.findLastIndex((other) => other.id === id) === index,
    )
    const message = this.#log[at]
    if (!message) return
    this.#position = at + 1
    const { id, acknowledged } = message
    if (id === this.roster.id) this.#seen = true
    else if (acknowledged) this.roster.heard(id, acknowledged)
    else this.roster.gone(id)
    this.#complete ||= this.#seen && this.#position === this.#log.length
    this.sends ||= this.#complete && this.roster.welcome
  }

  beat(): void {
    if (this.running <= this.roster.share(LIMIT.now)) this.roster.acknowledge()
    this.#log.push({ id: this.roster.id, acknowledged: this.roster.acknowledged })
  }

  begin(): void {
    if (this.sends && this.running < this.roster.share(LIMIT.now)) this.running++
  }

  /** It is killed, or its lease has ended; its message leaves the log after that. */
  die(): void {
    this.alive = false
    this.running = 0
  }
}

const LIMIT = { now: 1 }

type Step = { readonly act: 'join' | 'take' | 'beat' | 'begin' | 'end' | 'die' | 'expire'; readonly pick: number }

const step: fc.Arbitrary<Step> = fc.record({
  act: fc.oneof(
    { weight: 1, arbitrary: fc.constant('join' as const) },
    { weight: 12, arbitrary: fc.constant('take' as const) },
    { weight: 6, arbitrary: fc.constant('beat' as const) },
    { weight: 10, arbitrary: fc.constant('begin' as const) },
    { weight: 3, arbitrary: fc.constant('end' as const) },
    { weight: 1, arbitrary: fc.constant('die' as const) },
    { weight: 1, arbitrary: fc.constant('expire' as const) },
  ),
  pick: fc.nat(),
})

describe('replicas that share a limit', () => {
  it('never exceed it together, whatever comes, goes and is late; and use all of it once that ends', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.array(step, { minLength: 150, maxLength: 400 }),
        (limit, steps) => {
          LIMIT.now = limit
          const log: Message[] = []
          const replicas: Replica[] = []
          const dead: Replica[] = []
          const together = () => replicas.reduce((sum, { running }) => sum + running, 0)
          for (const { act, pick } of steps) {
            const one = replicas[pick % Math.max(1, replicas.length)]
            // Ids in any order: what is proven must not depend on who came first.
            if (act === 'join' && replicas.length < 5) replicas.push(new Replica(`${pick % 1_000}-${log.length}`, log))
            else if (act === 'take') one?.take()
            else if (act === 'beat') one?.beat()
            else if (act === 'begin') one?.begin()
            else if (act === 'end' && one && one.running > 0) one.running--
            else if (act === 'die' && one) {
              one.die()
              dead.push(...replicas.splice(replicas.indexOf(one), 1))
            } else if (act === 'expire') {
              const expired = dead.shift()
              if (expired) log.push({ id: expired.roster.id, acknowledged: undefined })
            }
            expect(together()).toBeLessThanOrEqual(limit)
          }

          for (const each of dead) log.push({ id: each.roster.id, acknowledged: undefined })
          for (const each of replicas) each.running = 0
          for (let round = 0; round < 3; round++) {
            for (const each of replicas) each.beat()
            for (const each of replicas) for (let i = 0; i < log.length; i++) each.take()
          }
          for (const each of replicas) {
            expect(each.sends).toBe(true)
            for (let i = 0; i < limit; i++) each.begin()
          }
          if (replicas.length > 0) expect(together()).toBe(limit)
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('a share', () => {
  it('is what an equal division leaves, the rest one each in the order of ids', () => {
    const roster = new Roster('b')
    expect(roster.share(5)).toBe(5)
    roster.heard('a', [])
    expect(roster.share(5)).toBe(2)
    roster.heard('c', [])
    expect([roster.share(5), roster.share(4), roster.share(1)]).toEqual([2, 1, 0])
    roster.gone('a')
    expect(roster.share(5)).toBe(3)
  })
})
