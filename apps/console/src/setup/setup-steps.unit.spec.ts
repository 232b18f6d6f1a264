import { describe, expect, it } from '@jest/globals'
import type { Connector } from '../integrations/queries.ts'
import { nextStep } from './setup-steps.ts'

const connector = (state: Partial<Connector>): Connector => state as Connector

describe('nextStep: a setup that was left is taken up', () => {
  it.each<[string, Partial<Connector>, boolean]>([
    ['credentials', { status: 'installed' }, false],
    ['settings', { status: 'installed' }, true],
    ['test', { status: 'installed', lastTest: { ok: false, at: '', latencyMs: 1, checks: [] } }, true],
    ['activate', { status: 'ready' }, true],
    ['credentials', { status: 'ready' }, false],
  ])('at %s', (step, state, credentials) => {
    expect(nextStep(connector(state), credentials)).toBe(step)
  })
})
