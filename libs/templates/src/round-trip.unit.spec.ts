import { expect, it } from '@jest/globals'
import { compileSchema, Address } from '@cartly/contracts'
import { compileMapping, invert, type MappingError } from '@cartly/mapping'
import * as fc from 'fast-check'
import { loadCatalog } from './index.ts'

const text = fc.string({ minLength: 1, maxLength: 30 })
const address = fc.record(
  {
    name: text,
    company: text,
    street1: text,
    street2: text,
    city: text,
    state: text,
    postalCode: text,
    country: fc.stringMatching(/^[A-Z]{2}$/),
    phone: text,
    email: fc.emailAddress(),
    residential: fc.boolean(),
  },
  { requiredKeys: ['street1', 'city', 'country'] },
)

/** Mappings of the catalogue from an address to a service's, by template: the reason where there is no way back. */
async function addressMappings(): Promise<
  { slug: string; rules: unknown; back: unknown; reason: string | undefined }[]
> {
  const named = (await loadCatalog()).list().flatMap(({ slug, definition }) =>
    Object.values(definition.mappings ?? {})
      .filter(({ input }) => input === 'Address')
      .map(({ rules }) => ({ slug, rules })),
  )
  return named.map(({ slug, rules }) => {
    try {
      return { slug, rules, back: invert(rules), reason: undefined }
    } catch (error) {
      return { slug, rules, back: undefined, reason: (error as MappingError).message }
    }
  })
}

it('every address comes back from every service whose mapping can be read backwards, and the others say why', async () => {
  const mappings = await addressMappings()
  const schema = compileSchema(Address)
  const complete = mappings.filter(({ slug, back }) => back && slug !== 'avalara')
  expect(complete.map(({ slug }) => slug).toSorted()).toEqual(['easypost', 'shippo'])
  const pairs = complete.map(({ rules, back }) => [compileMapping(rules), compileMapping(back)] as const)
  fc.assert(
    fc.property(address, (input) => {
      expect(schema.errors(input)).toEqual([])
      for (const [there, back] of pairs) {
        const sent = JSON.parse(JSON.stringify(there.run({ input }))) as unknown
        expect(back.run({ input: sent })).toEqual(input)
      }
    }),
    { numRuns: 10_000 },
  )
  expect(Object.fromEntries(mappings.flatMap(({ slug, reason }) => (reason ? [[slug, reason]] : [])))).toEqual({
    shipengine: expect.stringMatching(/^\/address_residential_indicator\/\$if: there is no way back/),
    shipstation: expect.stringMatching(/^\/name\/\$coalesce: there is no way back: \$coalesce loses which/),
  })
})
