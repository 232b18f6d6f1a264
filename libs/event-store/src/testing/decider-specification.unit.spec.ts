import { describe, expect, it } from '@jest/globals'
import { specify } from './decider-specification.ts'
import { account } from './rig.spec.ts'

const opened = { type: 'AccountOpened', data: { owner: 'Ann' } } as const
const deposited = { type: 'MoneyDeposited', data: { amount: 5 } } as const
const given = specify(account).given([opened, deposited])

describe('a specification of a decider', () => {
  it('holds when the decider does as it says', () => {
    given.when({ type: 'withdraw', amount: 5 }).thenEvents([{ type: 'MoneyWithdrawn', data: { amount: 5 } }])
    given.when({ type: 'open', owner: 'Bob' }).thenNothing()
    given.when({ type: 'withdraw', amount: 6 }).thenRefused('insufficient_funds')
  })

  it('fails when it does something else', () => {
    expect(() => given.when({ type: 'deposit', amounts: [1] }).thenNothing()).toThrow()
    expect(() => given.when({ type: 'deposit', amounts: [1] }).thenEvents([deposited])).toThrow()
    expect(() => given.when({ type: 'deposit', amounts: [1] }).thenRefused('insufficient_funds')).toThrow()
    expect(() => given.when({ type: 'withdraw', amount: 6 }).thenRefused('other_code')).toThrow()
    expect(() => given.when({ type: 'withdraw', amount: 6 }).thenNothing()).toThrow('not enough')
  })
})
