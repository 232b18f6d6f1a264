import { newId } from '@cartly/contracts'
import { loadCatalog, type Catalog } from '@cartly/templates'
import { eventually } from '@cartly/testing'
import { beforeEach, describe, expect, it } from '@jest/globals'
import type { Connector } from '../domain/connector.ts'
import { CompiledTemplates } from './compiled-templates.ts'
import { WarmUp } from './warm-up.ts'

let compiled: string[]
let warmUp: WarmUp

beforeEach(async () => {
  compiled = []
  const catalog = await loadCatalog()
  const watched: Catalog = {
    ...catalog,
    get(slug, version) {
      const entry = catalog.get(slug, version)
      return (
        entry &&
        new Proxy(entry, { get: (of, name) => (name === 'check' ? () => check(slug, of) : Reflect.get(of, name, of)) })
      )
    },
  }
  const check = (slug: string, entry: { check(): void }) => {
    compiled.push(slug)
    entry.check()
  }
  warmUp = new WarmUp(new CompiledTemplates(watched, () => undefined))
})

const connectorOf = (slug: string, definition: unknown = null) =>
  ({
    connectorId: newId('conn'),
    template: slug === 'custom' ? null : { slug, version: '1.0.0' },
    definition,
    mappings: {},
  }) as unknown as Connector

describe('warming up', () => {
  it('compiles what active connectors run on before anybody asks', async () => {
    for (const slug of ['shippo', 'easypost']) warmUp.add(connectorOf(slug))

    await eventually(() => compiled.length === 2)
    expect(compiled).toEqual(['shippo', 'easypost'])
  })

  it('takes the latest of a connector, and no offence at one that does not compile', async () => {
    const connector = connectorOf('shippo')
    warmUp.add(connectorOf('custom', { hooks: 'none' }))
    warmUp.add(connector)
    warmUp.add({ ...connector, template: { slug: 'easypost', version: '1.0.0' } })

    await eventually(() => compiled.length > 0)
    await warmUp.stop()
    expect(compiled).toEqual(['easypost'])
  })
})
