import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { compileMapping, describeFunctions } from '@cartly/mapping'
import { parse } from 'yaml'
import { compileTemplate, credentialFields, runSamples, type AuthSpec, type Sample } from './index.ts'

const page = readFileSync(fileURLToPath(new URL('../../../docs/templates.md', import.meta.url)), 'utf8')
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp('```' + language + '\\n([\\s\\S]*?)```', 'g'))].map(([, text]) => text!)

const template = (parts: object): unknown => ({
  slug: 'acme',
  name: 'Acme',
  version: '1.0.0',
  category: 'crm',
  description: 'A service',
  docsUrl: 'https://acme.test/docs',
  auth: { type: 'bearer' },
  baseUrl: 'https://api.acme.test',
  testConnection: { request: { method: 'GET', path: '/me' }, expect: { where: true } },
  ...parts,
})

describe('the page on templates', () => {
  const [hooks, rates, errors] = blocks('yaml').map((text) => parse(text) as Record<string, object>)

  it('shows a hook, errors and a sample that work together', async () => {
    const [sample] = blocks('json').map((text) => JSON.parse(text) as Sample)
    const compiled = compileTemplate(template({ ...hooks, ...errors }))
    const results = await runSamples(compiled, [sample!])
    expect(results.map(({ problems }) => problems)).toEqual([[]])
  })

  it('shows ways to authenticate that are taken, and what each asks for', () => {
    const rows = [...page.matchAll(/^\| `(\{ type: .*\})` +\| (.*?) +\|$/gm)]
    expect(rows.length).toBeGreaterThan(3)
    for (const [, written, asked] of rows) {
      const text = written!.replace('tokenUrl: …', "tokenUrl: 'https://acme.test/token'").replace('[ … ]', '[]')
      const auth = parse(text) as AuthSpec
      expect(() => compileTemplate(template({ ...hooks, auth }))).not.toThrow()
      const named = [...asked!.matchAll(/`(\w+)`/g)].map(([, name]) => name)
      if (named.length > 0) expect(credentialFields(auth).map(({ name }) => name)).toEqual(named)
    }
  })

  it('shows a mapping that works', () => {
    const body = { rates: [{ id: 'a', amount: '5.90', currency: 'EUR' }] }
    expect(compileMapping(rates, { roots: { response: undefined } }).run({ response: { body } })).toEqual({
      rates: [{ id: 'a', price: { amount: 590, currency: 'EUR' } }],
    })
  })

  it('names every function of the language, and no other', () => {
    const table = page.slice(page.indexOf('## Rules'), page.indexOf('Every function ends'))
    const named = [...table.matchAll(/`(\$\w+)`/g)].map(([, name]) => name)
    expect(named.toSorted()).toEqual(
      describeFunctions()
        .map(({ name }) => name)
        .toSorted(),
    )
  })
})
