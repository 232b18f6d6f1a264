import { testPostgres, type TestPostgres } from '@cartly/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import type { DataSource } from 'typeorm'
import { readModel } from './rig.spec.ts'
import { deleteRows, insertRows, upsertRows } from './rows.ts'
import { statements, transaction, type Tx } from './session.ts'

const columns = { id: 'text', part: 'integer', at: 'timestamptz', body: 'jsonb', 'it\'s "odd"': 'text' } as const
const key = ['id', 'part'] as const

const at = (day: number, body: string) => ({ id: 'a', part: 1, at: `2026-01-0${day}T00:00:00Z`, body })

describe('rows', () => {
  let postgres: TestPostgres
  let dataSource: DataSource
  let tx: Tx

  beforeAll(async () => {
    postgres = await testPostgres()
    dataSource = await readModel(postgres)
    tx = statements(dataSource)
    await tx.query(`CREATE TABLE thing (
      id text, part integer, at timestamptz, body jsonb, "it's ""odd""" text DEFAULT 'x', PRIMARY KEY (id, part))`)
  })
  afterAll(async () => {
    await dataSource.destroy()
    await postgres.stop()
  })
  beforeEach(() => tx.query('TRUNCATE thing'))

  const all = (): Promise<Record<string, unknown>[]> => tx.query('SELECT * FROM thing ORDER BY id, part')

  it('are inserted with the types of their columns', async () => {
    const time = '2026-01-01T00:00:00.123Z'
    await insertRows(tx, 'thing', columns, [
      { id: 'a', part: 1, at: time, body: { n: [1] }, 'it\'s "odd"': "'" },
      { id: 'b', part: 2 },
    ])

    expect(await all()).toEqual([
      { id: 'a', part: 1, at: new Date(time), body: { n: [1] }, 'it\'s "odd"': "'" },
      { id: 'b', part: 2, at: null, body: null, 'it\'s "odd"': null },
    ])
  })

  it('hold bytes, times, and lists of texts, whatever is in them', async () => {
    const kinds = { id: 'text', at: 'timestamptz', body: 'bytea', names: 'text[]' } as const
    await tx.query('CREATE TABLE kind (id text PRIMARY KEY, at timestamptz, body bytea, names text[])')
    const time = new Date('2026-01-01T00:00:00.123Z')
    const row = {
      id: '"\\,{}',
      at: time,
      body: Buffer.from([0, 34, 92, 255]),
      names: ['a "b"', '\\', 'NULL', '{}', ''],
    }

    await insertRows(tx, 'kind', kinds, [row])

    expect(await tx.query('SELECT * FROM kind')).toEqual([row])
  })

  it('are left alone when they are there, on request', async () => {
    await insertRows(tx, 'thing', columns, [{ id: 'a', part: 1, body: 1 }])
    const again = [{ id: 'a', part: 1, body: 2 }]

    await expect(insertRows(tx, 'thing', columns, again)).rejects.toMatchObject({ code: '23505' })
    await insertRows(tx, 'thing', columns, again, { ignoreExisting: true })

    expect(await all()).toMatchObject([{ body: 1 }])
  })

  it('come to the last of each key, however the batches were cut', async () => {
    const row = fc.record({ id: fc.constantFrom('a', 'b', 'c'), part: fc.nat(1), body: fc.jsonValue() })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(row, { maxLength: 5 }), { maxLength: 5 }), async (batches) => {
        await tx.query('TRUNCATE thing')
        for (const batch of batches) await upsertRows(tx, 'thing', columns, batch, { key: [...key] })

        const last = new Map(batches.flat().map(({ id, part, body }) => [`${id} ${part}`, body]))
        const stored = new Map((await all()).map(({ id, part, body }) => [`${String(id)} ${String(part)}`, body]))
        expect(stored.size).toBe(last.size)
        // JSON's own idea of a value: it knows no negative zero, and Postgres no NUL.
        for (const [place, body] of last) {
          const known = JSON.parse(
            JSON.stringify(body)
              .replaceAll('\\u0000', '\uFFFD')
              .replaceAll(/\\ud[89a-f]../gi, '\uFFFD'),
          )
          expect(stored.get(place)).toEqual(known)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('are overwritten only when the condition holds', async () => {
    const options = { key: [...key], where: 'existing.at < excluded.at' }
    await upsertRows(tx, 'thing', columns, [at(2, 'first')], options)
    await upsertRows(tx, 'thing', columns, [at(1, 'late')], options)
    expect(await all()).toMatchObject([{ body: 'first' }])

    await upsertRows(tx, 'thing', columns, [at(3, 'newer')], options)
    expect(await all()).toMatchObject([{ body: 'newer' }])
  })

  it('are added to what is there, where asked', async () => {
    const counts = { id: 'text', part: 'integer', seen: 'bigint[]' } as const
    await tx.query('CREATE TABLE counted (id text PRIMARY KEY, part integer, seen bigint[])')
    const options = {
      key: ['id' as const],
      set: { part: 'existing.part + excluded.part', seen: 'existing.seen || excluded.seen' },
    }
    await upsertRows(tx, 'counted', counts, [{ id: 'a', part: 1, seen: [1, 2] }], options)

    await upsertRows(tx, 'counted', counts, [{ id: 'a', part: 2, seen: [3] }], options)

    expect(await tx.query('SELECT * FROM counted')).toEqual([{ id: 'a', part: 3, seen: [1, 2, 3] }])
  })

  it('are deleted by key', async () => {
    await insertRows(
      tx,
      'thing',
      columns,
      [1, 2, 3].map((part) => ({ id: 'a', part })),
    )
    await deleteRows(tx, 'thing', { id: 'text', part: 'integer' }, [
      { id: 'a', part: 1 },
      { id: 'a', part: 3 },
      { id: 'b', part: 2 },
    ])
    expect(await all()).toMatchObject([{ part: 2 }])
  })

  it('keep whatever text there is, but for what Postgres cannot', async () => {
    const body = { 'k\0': 'nul \0', half: '\ud83d', backslash: '\\u0000', pair: '😀' }
    await insertRows(tx, 'thing', columns, [{ id: 'nul \0', part: 1, body }])
    expect(await all()).toMatchObject([
      { id: 'nul \uFFFD', body: { 'k\uFFFD': 'nul \uFFFD', half: '\uFFFD', backslash: '\\u0000', pair: '😀' } },
    ])
  })

  it('are all undone when their transaction fails', async () => {
    const work = transaction(dataSource, async (inside) => {
      await insertRows(inside, 'thing', columns, [{ id: 'a', part: 1 }])
      throw new Error('no')
    })
    await expect(work).rejects.toThrow('no')
    expect(await all()).toEqual([])
  })

  it('are no statement at all when there are none', async () => {
    await insertRows(tx, 'nowhere', columns, [])
    await upsertRows(tx, 'nowhere', columns, [], { key: ['id'] })
    await deleteRows(tx, 'nowhere', columns, [])
  })
})
