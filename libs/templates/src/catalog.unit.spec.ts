import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { compileJsonSchema } from '@cartly/contracts'
import { parse } from 'yaml'
import {
  catalogDirectory,
  credentialFields,
  loadCatalog,
  runSamples,
  templateJsonSchema,
  validateDefinition,
  type Catalog,
} from './index.ts'

let catalog: Catalog
beforeAll(async () => {
  catalog = await loadCatalog()
})

describe('the catalogue', () => {
  it('has every template complete: icon, samples of every hook, a test connection with a predicate on the body', () => {
    for (const entry of catalog.list()) {
      const { slug, icon, samples, definition } = entry
      expect([slug, icon?.startsWith('<svg')]).toEqual([slug, true])
      expect([slug, new Set(samples.map(({ hook }) => hook))]).toEqual([slug, new Set(Object.keys(definition.hooks))])
      expect([slug, definition.testConnection.expect.where !== undefined]).toEqual([slug, true])
      expect([
        slug,
        (definition.provenance?.checked.length ?? 0) + (definition.provenance?.secondHand.length ?? 0) > 0,
      ]).toEqual([slug, true])
    }
  })

  it('runs every sample as it is written', async () => {
    const results = await Promise.all(catalog.list().map((entry) => runSamples(entry, entry.samples)))
    const problems = results.flat().filter((result) => result.problems.length > 0)
    expect(problems.map(({ sample, problems: found }) => `${sample.description}: ${found.join('; ')}`)).toEqual([])
  })

  it('asks for one API key for Shippo and for EasyPost', () => {
    for (const slug of ['shippo', 'easypost']) {
      expect(credentialFields(catalog.get(slug)!.definition.auth).map(({ name }) => name)).toEqual(['apiKey'])
    }
  })

  it('is described by the schema that is published beside it', () => {
    const published = readFileSync(join(catalogDirectory, '../template.schema.json'), 'utf8')
    expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(templateJsonSchema())))
  })

  it('fits that schema, rules and all', () => {
    const schema = compileJsonSchema(templateJsonSchema())
    for (const { slug, file } of catalog.list()) {
      expect([slug, schema.errors(parse(readFileSync(file, 'utf8')))]).toEqual([slug, []])
    }
    const wrong = { rules: { $lowr: 'x' }, description: 'x' }
    const definition = parse(readFileSync(catalog.get('slack')!.file, 'utf8')) as object
    expect(schema.errors({ ...definition, mappings: { wrong } })).not.toEqual([])
  })
})

describe("a merchant's own definition", () => {
  const definition = {
    slug: 'acme',
    name: 'Acme',
    version: '1.0.0',
    category: 'crm',
    description: 'A service',
    docsUrl: 'https://acme.test/docs',
    auth: { type: 'bearer' },
    baseUrl: 'https://api.acme.test',
    testConnection: {
      request: { method: 'GET', path: '/me' },
      expect: { where: { $present: { $: 'response.body.id' } } },
    },
    mappings: { contact: { description: 'A contact', rules: { mail: { $: 'input.email' } } } },
    hooks: {
      upsert: {
        description: 'Adds a contact',
        on: ['customer.created'],
        steps: [
          {
            id: 'put',
            request: { method: 'PUT', path: '/contacts', body: { $apply: { mapping: 'contact', to: { $: 'input' } } } },
          },
        ],
        result: {},
      },
    },
  }

  it('is accepted when it is right', async () => {
    expect(await validateDefinition(definition)).toEqual([])
    expect(await validateDefinition(definition, { contact: { email: { $: 'input.email' } } })).toEqual([])
  })

  it('may have JSONata in the place of a mapping, which is evaluated elsewhere', async () => {
    const sample = {
      description: 'A new customer',
      hook: 'upsert',
      input: { email: 'Ada@Example.com' },
      responses: { put: { body: {} } },
      requests: [{ step: 'put', method: 'PUT', path: '/contacts', body: { mail: 'ada@example.com' } }],
    }
    const overrides = { contact: { $jsonata: '{ "mail": $lowercase(email) }' } }
    expect(await validateDefinition({ ...definition, samples: [sample] }, overrides)).toEqual([])
    expect(await validateDefinition(definition, { contact: { $jsonata: '{ "mail": ' } })).toMatchObject([
      { pointer: '/mappings/contact/$jsonata' },
    ])
  })

  it('is refused with every place that is wrong', async () => {
    const wrong = {
      ...definition,
      baseUrl: { $: 'settings.host' },
      mappings: { contact: { description: 'x', rules: { $: 'outpt' } } },
    }
    expect((await validateDefinition(wrong)).map(({ pointer }) => pointer)).toEqual([
      '/mappings/contact/rules/$',
      '/baseUrl/$',
    ])
    expect((await validateDefinition({ ...definition, hokos: {} }))[0]).toEqual({
      pointer: '/hokos',
      message: 'is not a known field',
    })
    expect((await validateDefinition(definition, { contacts: {} }))[0]!.pointer).toBe('/mappings/contacts')
  })
})
