import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { testFolder } from '@cartly/testing'
import { main } from './cli.ts'

let directory: string
let said: string
beforeEach(() => {
  directory = testFolder('templates')
  said = ''
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((said += String(text)), true))
})
afterEach(() => {
  jest.restoreAllMocks()
})

const run = (...args: string[]) => main(args, directory)
const change = (file: string, from: string, to: string): void => {
  const path = join(directory, 'acme', file)
  const text = readFileSync(path, 'utf8')
  expect(text).toContain(from)
  writeFileSync(path, text.replace(from, to))
}
const lineOf = (text: string): number =>
  readFileSync(join(directory, 'acme/template.yaml'), 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text)) + 1

describe('the template tool', () => {
  it('begins a template that is right as it stands, and does not write over one', async () => {
    expect(await run('new', 'acme')).toBe(0)
    expect([await run('check', 'acme'), await run('test', 'acme')]).toEqual([0, 0])
    expect(said).toContain('acme 1.0.0: 1 hooks (send_order), 1 samples')
    expect(said).toContain('1 samples passed, 0 failed')
    expect(await run('new', 'acme')).toBe(1)
    expect(said).toContain('There is already a template "acme"')
  })

  it('leads to the line of every error', async () => {
    await run('new', 'acme')
    change('template.yaml', '$: input.number', '$: input.numbers.first')
    change('template.yaml', 'steps.order.id', 'steps.odrer.id')
    change('template.yaml', '  type: bearer', '  type: bearer\n  testKeys: [test_]')
    change('template.yaml', 'apiKey:', 'token:')
    expect(await run('check', 'acme')).toBe(1)
    const file = join(directory, 'acme/template.yaml')
    expect(said).toContain(`${file}:${lineOf('token:')}: /auth/fields/token bearer asks for no "token"`)
    expect(said).toContain(`${file}:${lineOf('odrer')}: /hooks/send_order/result/id/$ "steps.odrer.id"`)
  })

  it('leads to where something is missing', async () => {
    await run('new', 'acme')
    change('template.yaml', '    description: Sends each new order to Acme.\n', '')
    expect(await run('check', 'acme')).toBe(1)
    expect(said).toMatch(/template\.yaml:\d+: \/hooks\/send_order\/description is required/)
  })

  it('says what a sample gives instead', async () => {
    await run('new', 'acme')
    change('samples/order-created.json', '"reference": "#1001"', '"reference": "#1002"')
    expect(await run('test', 'acme')).toBe(1)
    expect(said).toContain('0 samples passed, 1 failed')
    expect(said).toMatch(/PUT \/orders\/ord_1001 has the body .*#1001.* instead of .*#1002/)
  })

  it('names what it can do, and what there is not', async () => {
    expect([await run(), await run('bake'), await run('check', 'nope')]).toEqual([0, 2, 1])
    expect(said).toContain('There is no template "nope".')
  })
})
