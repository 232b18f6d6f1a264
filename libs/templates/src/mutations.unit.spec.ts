import { expect, it } from '@jest/globals'
import { DefinitionError } from '@cartly/request-chain'
import * as fc from 'fast-check'
import { compileTemplate, loadCatalog } from './index.ts'

type Place = readonly (string | number)[]

/** Every place in a value, itself first. */
function places(value: unknown, at: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [at]
  const members = Object.entries(value).flatMap(([key, member]) =>
    places(member, [...at, Array.isArray(value) ? Number(key) : key]),
  )
  return [at, ...members]
}

/** The value with something else at a place; `undefined` takes it out. */
function changed(value: unknown, [key, ...rest]: Place, to: unknown): unknown {
  if (key === undefined) return to
  const copy: Record<string | number, unknown> = (Array.isArray(value) ? [...value] : { ...(value as object) }) as never
  const inner = changed(copy[key], rest, to)
  if (inner === undefined) delete copy[key]
  else copy[key] = inner
  return JSON.parse(JSON.stringify(copy))
}

const anything = fc.oneof(
  fc.constantFrom(undefined, null, true, 7, '', '$', 'input.x', [], {}, { $: 'input.x' }, { $: 7 }, { $jsonata: '1' }),
  fc.constantFrom(
    { $apply: { mapping: 'address', to: 1 } },
    { $each: { in: [1], do: { $: 'item' } } },
    { $nothing: 1 },
  ),
  fc.jsonValue({ maxDepth: 2 }),
)

it('whatever is changed in a template, it is taken, or refused with places', async () => {
  const definitions = (await loadCatalog()).list().map(({ definition }) => definition)
  const known = definitions.map((definition) => ({ definition, places: places(definition) }))
  const mutation = fc
    .constantFrom(...known)
    .chain((one) => fc.tuple(fc.constant(one.definition), fc.constantFrom(...one.places), anything))
  let refused = 0
  fc.assert(
    fc.property(mutation, ([definition, place, value]) => {
      try {
        compileTemplate(changed(definition, place, value))
      } catch (error) {
        if (!(error instanceof DefinitionError)) throw error
        refused++
        expect(error.issues.length).toBeGreaterThan(0)
        for (const { pointer, message } of error.issues) {
          expect(pointer).toMatch(/^(\/|$)/)
          expect(message).not.toBe('')
        }
      }
    }),
    { numRuns: 300 },
  )
  expect(refused).toBeGreaterThan(100)
})
