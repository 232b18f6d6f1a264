import { describe, expect, test } from '@jest/globals'
import { importsOf } from './imports.ts'
import { breach } from './rules.ts'
import type { Project, ProjectType } from './workspace.ts'

const project = (folder: string, type: ProjectType, uses: string[] = [], paths: string[] = ['']): Project => {
  const name = `@cartly/${folder.split('/')[1]}`
  const names = uses.map((use) => `@cartly/${use}`)
  return {
    name,
    folder,
    type,
    dependencies: names,
    references: names,
    entrances: paths.map((path) => name + path),
    files: [],
  }
}
const all = [
  project('libs/contracts', 'contracts'),
  project('libs/mapping', 'pure', ['contracts']),
  project('libs/telemetry', 'infra', ['contracts'], ['', '/testing']),
  project('libs/testing', 'tooling', ['telemetry']),
  project('apps/vault', 'app', ['contracts', 'telemetry', 'mapping', 'testing', 'registry']),
  project('apps/registry', 'app', ['contracts'], []),
  project('apps/demo', 'app'),
]
const byName = new Map(all.map((each) => [each.name, each]))

function breachesOf(file: string, source: string): (string | undefined)[] {
  const owner = all.find(({ folder }) => file.startsWith(`${folder}/`))
  if (!owner) throw new Error(`${file} belongs to no project`)
  return importsOf(file, source).map((imported) => breach({ project: owner, file }, imported, byName))
}

describe('between packages', () => {
  test.each([
    ['apps/vault/src/main.ts', "import { x } from '@cartly/contracts'"],
    ['apps/vault/src/main.ts', "import { x } from '@cartly/telemetry/testing'"],
    ['apps/vault/src/main.ts', "export * from './domain/key.ts'"],
    ['apps/vault/src/a.int.spec.ts', "import { testNats } from '@cartly/testing'"],
    ['apps/vault/src/b.int.spec.ts', "import { startCarrier } from '@cartly/demo'"],
    ['apps/vault/src/testing/fake.ts', "import { testNats } from '@cartly/testing'"],
    ['libs/mapping/src/index.ts', "import ajv from 'ajv'"],
    ['libs/testing/src/index.ts', "import { x } from '@cartly/telemetry'"],
  ])('%s may %s', (file, source) => {
    expect(breachesOf(file, source)).toEqual([undefined])
  })

  test.each([
    ['apps/vault/src/main.ts', "import '@cartly/registry'", 'offers nothing to import'],
    ['apps/vault/src/main.ts', "import { x } from '@cartly/demo'", 'type:app does not import type:app'],
    ['apps/vault/src/c.int.spec.ts', "import '@cartly/registry'", 'offers nothing to import'],
    ['apps/vault/src/main.ts', "const x = await import('@cartly/testing')", 'type:app does not import type:tooling'],
    ['apps/vault/src/main.ts', "import { x } from '@cartly/nothing'", 'there is no workspace'],
    ['apps/vault/src/main.ts', "import { x } from '@cartly/mapping/src/rule.ts'", 'offers @cartly/mapping'],
    ['apps/vault/src/main.ts', "import { x } from '../../registry/src/main.ts'", 'leaves apps/vault'],
    ['libs/mapping/src/index.ts', "import type { x } from '@cartly/telemetry'", 'type:pure does not import type:infra'],
    ['libs/contracts/src/index.ts', "export { x } from '@cartly/mapping'", 'type:contracts does not import type:pure'],
    [
      'apps/registry/src/main.ts',
      "import { x } from '@cartly/telemetry'",
      'package.json does not name @cartly/telemetry',
    ],
  ])('%s may not %s', (file, source, why) => {
    expect(breachesOf(file, source)).toEqual([expect.stringContaining(why)])
  })
})

describe('a domain', () => {
  const file = 'apps/vault/src/domain/key.ts'

  test.each([
    "import { createHash } from 'node:crypto'",
    "import { x } from './policy.ts'",
    "import { x } from '@cartly/contracts'",
    "import type { Mapping } from '@cartly/mapping'",
  ])('may %s', (source) => {
    expect(breachesOf(file, source)).toEqual([undefined])
  })

  test.each([
    ["import { readFile } from 'node:fs'", 'nothing from outside'],
    ["import { Injectable } from '@nestjs/common'", 'nothing from outside'],
    ["import { x } from '../queries/list.ts'", 'only domain'],
    ["import { compile } from '@cartly/mapping'", 'types of pure libraries'],
    ["import type { Logger } from '@cartly/telemetry'", 'types of pure libraries'],
  ])('may not %s', (source, why) => {
    expect(breachesOf(file, source)).toEqual([expect.stringContaining(why)])
  })

  test('is tested with what tests need', () => {
    expect(breachesOf('apps/vault/src/domain/key.unit.spec.ts', "import fc from 'fast-check'")).toEqual([undefined])
  })
})
