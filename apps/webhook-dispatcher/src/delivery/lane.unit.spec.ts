import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Lane, type Task } from './lane.ts'

const task = (start: () => void): Task => ({ start, spill: () => undefined })

describe('lanes', () => {
  it('never run more than any limit, and run everything in the end', () => {
    const limits = fc.record({
      process: fc.integer({ min: 1, max: 6 }),
      stores: fc.array(
        fc.record({
          limit: fc.integer({ min: 1, max: 4 }),
          endpoints: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      // Each step adds a task to an endpoint, or ends one that runs.
      steps: fc.array(fc.record({ pick: fc.nat(), end: fc.boolean() }), { maxLength: 200 }),
    })
    fc.assert(
      fc.property(limits, ({ process, stores, steps }) => {
        const root = new Lane(() => process)
        const all = [{ lane: root, limit: process }]
        const endpoints = stores.flatMap((store) => {
          const storeLane = new Lane(() => store.limit, root)
          all.push({ lane: storeLane, limit: store.limit })
          return store.endpoints.map((limit) => {
            const lane = new Lane(() => limit, storeLane)
            all.push({ lane, limit })
            return lane
          })
        })
        const running: Lane[] = []
        let started = 0
        let added = 0
        const end = (pick: number) => running.splice(pick % running.length, 1)[0]?.release()
        for (const step of steps) {
          if (step.end && running.length > 0) end(step.pick)
          else {
            const lane = endpoints[step.pick % endpoints.length] as Lane
            added++
            lane.add(
              task(() => {
                started++
                running.push(lane)
              }),
            )
          }
          for (const { lane, limit } of all) expect(lane.running).toBeLessThanOrEqual(limit)
          // Nothing waits that could run.
          for (const endpoint of endpoints) if (endpoint.waiting > 0 && running.length === 0) throw new Error('idle')
        }
        while (running.length > 0) end(0)
        expect(started).toBe(added)
      }),
    )
  })

  it('take turns, whatever the length of the queues', () => {
    const root = new Lane(() => 1)
    const [busy, quiet] = [new Lane(() => 9, root), new Lane(() => 9, root)]
    const begun: string[] = []
    for (let i = 0; i < 5; i++) busy.add(task(() => begun.push('busy')))
    quiet.add(task(() => begun.push('quiet')))
    busy.release()
    busy.release()
    expect(begun).toContain('quiet')
  })

  it('start nothing while their limit is 0, and go on when it grows', () => {
    let limit = 0
    const lane = new Lane(() => limit, new Lane(() => 10))
    let begun = 0
    lane.add(task(() => begun++))
    expect(begun).toBe(0)
    limit = 1
    lane.wake()
    expect(begun).toBe(1)
  })
})
