import { testPostgres, type TestPostgres } from '@cartly/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { DataSource } from 'typeorm'
import {
  advanceCheckpoint,
  dropGeneration,
  generations,
  openGeneration,
  openRebuild,
  promoteGeneration,
  ProjectionSuperseded,
  tableOf,
  type Generation,
  type ProjectionTables,
} from './generation.ts'
import { readModel } from './rig.spec.ts'
import { transaction } from './session.ts'

describe('a generation of a projection', () => {
  let postgres: TestPostgres
  let dataSource: DataSource
  let name: string
  let count = 0

  beforeAll(async () => {
    postgres = await testPostgres()
    dataSource = await readModel(postgres)
  })
  afterAll(async () => {
    await dataSource.destroy()
    await postgres.stop()
  })
  beforeEach(() => {
    name = `thing${++count}`
  })

  const version = (n: number): ProjectionTables => ({
    name,
    version: n,
    tables: { [name]: (table) => [`CREATE TABLE ${table} (v${n} integer)`, `CREATE INDEX ON ${table} (v${n})`] },
  })
  const open = (n: number): Promise<Generation> => transaction(dataSource, (tx) => openGeneration(tx, version(n)))
  const promote = (generation: Generation, force = false): Promise<boolean> =>
    transaction(dataSource, (tx) => promoteGeneration(tx, generation, force))
  const advance = (from: Generation, sequence: number): Promise<boolean> =>
    transaction(dataSource, (tx) => advanceCheckpoint(tx, from, { sequence, identity: `m${sequence}` }))
  const viewed = async (): Promise<string[]> =>
    (await dataSource.query(`SELECT column_name FROM information_schema.columns WHERE table_name = $1`, [name])).map(
      (row: { column_name: string }) => row.column_name,
    )

  it('is live at once when it is the first, made once by replicas that start together', async () => {
    const opened = await Promise.all([open(1), open(1), open(1)])

    const first = { projection: name, generation: 1, version: 1, status: 'live', sequence: 0, identity: '' }
    expect(opened).toEqual([first, first, first])
    expect(await viewed()).toEqual(['v1'])
  })

  it('moves its checkpoint only from where it was', async () => {
    const first = await open(1)

    expect(await advance(first, 5)).toBe(true)
    expect(await advance(first, 6)).toBe(false)
    expect(await advance({ ...first, sequence: 5 }, 7)).toBe(true)
    expect(await open(1)).toMatchObject({ sequence: 7, identity: 'm7' })
  })

  it('of a newer version is built beside, and seen when it is promoted', async () => {
    await open(1)
    const next = await open(2)
    expect(next).toMatchObject({ generation: 2, status: 'building' })
    expect(await open(2)).toEqual(next)
    expect(await viewed()).toEqual(['v1'])

    expect(await promote(next)).toBe(true)

    expect(await viewed()).toEqual(['v2'])
    await expect(open(1)).rejects.toThrow(ProjectionSuperseded)
  })

  it('is not promoted over one that has read further, unless that is untrue', async () => {
    await advance(await open(1), 5)
    const next = await open(2)

    expect(await promote(next)).toBe(false)
    expect(await viewed()).toEqual(['v1'])
    expect(await promote(next, true)).toBe(true)
    expect(await viewed()).toEqual(['v2'])
  })

  it('no longer moves once it has been replaced', async () => {
    const first = await open(1)
    const again = await transaction(dataSource, (tx) => openRebuild(tx, version(1)))
    await promote(again)

    expect(await advance(first, 1)).toBe(false)
    expect(await open(1)).toMatchObject({ generation: 2, status: 'live' })
  })

  it('is dropped with its tables, unless it is live', async () => {
    const first = await open(1)
    await expect(transaction(dataSource, (tx) => dropGeneration(tx, first))).rejects.toThrow('is live')
    await promote(await open(2))

    await transaction(dataSource, (tx) => dropGeneration(tx, first))

    expect(await transaction(dataSource, (tx) => generations(tx, name))).toHaveLength(1)
    await expect(dataSource.query(`SELECT * FROM ${tableOf(name, first)}`)).rejects.toThrow('does not exist')
  })
})
