import {
  dropGeneration,
  generations,
  openRebuild,
  promoteGeneration,
  statements,
  transaction,
  tryLock,
  type Generation,
} from '@cartly/read-model'
import { unsampled } from '@cartly/telemetry'
import type { DataSource } from 'typeorm'
import { openWriterSession, writeBatch } from './batch-writer.ts'
import type { Bus } from './bus.ts'
import { decodedBatches } from './decoded-batches.ts'
import { StreamBehindReadModel } from './errors.ts'
import { checkPosition, lastSequence } from './position.ts'
import type { Projection } from './projection.ts'

export interface RebuildOptions {
  readonly bus: Bus
  readonly dataSource: DataSource
  readonly projection: Projection
  readonly batchSize?: number
  readonly signal?: AbortSignal
  /** After each batch: how far it is, and how many messages are to come. */
  readonly onProgress?: (progress: { sequence: number; pending: number }) => void
}

const BATCH = 500

/**
 * Fills the projection's tables anew from the stream, beside the live ones, and puts them in their place when they have
 * caught up. Queries see the old tables until then, and the new ones at once after. Broken off, it goes on where it was.
 * The tables that were replaced stay until `dropRetired`.
 */
export function rebuild(options: RebuildOptions): Promise<Generation> {
  // A million old events would be a million spans of no use.
  return unsampled(() => fillAndPromote(options))
}

async function fillAndPromote({
  bus,
  dataSource,
  projection,
  batchSize = BATCH,
  signal = new AbortController().signal,
  onProgress,
}: RebuildOptions): Promise<Generation> {
  const { name } = projection
  const session = await openWriterSession(dataSource)
  try {
    if (!(await tryLock(session, `rebuild ${dataSource.driver.schema} ${name}`))) {
      throw new Error(`The projection ${name} is being rebuilt already`)
    }
    let generation = await session.transaction((tx) => openRebuild(tx, projection))
    const options = { after: generation, batchSize, signal: AbortSignal.any([signal, session.lost]) }
    for await (const batch of decodedBatches(bus, projection, options)) {
      generation = await writeBatch(session, projection, generation, batch)
      onProgress?.({ sequence: generation.sequence, pending: batch.pending })
      if (batch.pending > 0) continue
      const force = await liveIsUntrue(bus, dataSource, projection)
      const promoted = await session.transaction((tx) => promoteGeneration(tx, generation, force))
      if (promoted) return { ...generation, status: 'live' }
    }
    throw new Error(
      `The rebuild of ${name} was broken off at ${generation.sequence}; begun again, it goes on from there`,
    )
  } finally {
    await session.close()
  }
}

/** Whether what the live tables were built from is no longer in the stream; then being ahead is no merit. */
async function liveIsUntrue(bus: Bus, dataSource: DataSource, { name, source }: Projection): Promise<boolean> {
  const live = (await generations(statements(dataSource), name)).find(({ status }) => status === 'live')
  if (!live) return false
  try {
    await checkPosition(bus, source.stream, live)
    return false
  } catch (error) {
    if (error instanceof StreamBehindReadModel) return true
    throw error
  }
}

/** Drops the tables of the generations that have been replaced. */
export async function dropRetired(dataSource: DataSource, { name }: Pick<Projection, 'name'>): Promise<Generation[]> {
  return transaction(dataSource, async (tx) => {
    const retired = (await generations(tx, name)).filter(({ status }) => status === 'retired')
    for (const generation of retired) await dropGeneration(tx, generation)
    return retired
  })
}

/** Where each generation of a projection is, and where the stream is for it. */
export interface ProjectionProgress {
  readonly generations: readonly Generation[]
  /** Sequence of the newest message that it reads. */
  readonly lastSequence: number
}

export async function progressOf(
  bus: Bus,
  dataSource: DataSource,
  { name, source }: Pick<Projection, 'name' | 'source'>,
): Promise<ProjectionProgress> {
  const [known, last] = await Promise.all([
    generations(statements(dataSource), name),
    lastSequence(bus, source.stream, source.filters),
  ])
  return { generations: known, lastSequence: last }
}
