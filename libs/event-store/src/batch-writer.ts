import {
  advanceCheckpoint,
  openSession,
  putAside,
  tableOf,
  type Generation,
  type Session,
  type Tx,
} from '@cartly/read-model'
import type { DataSource } from 'typeorm'
import { UndecodableMessage } from './errors.ts'
import type { LogBatch } from './in-batches.ts'
import type { LogMessage } from './log-message.ts'
import type { Projection, ProjectionTx } from './projection.ts'

/** Another process has moved this projection's checkpoint, or its generation has been replaced. */
export class CheckpointLost extends Error {
  constructor({ projection, generation, sequence }: Generation) {
    super(`The checkpoint of ${projection}, generation ${generation}, is no longer ${sequence}`)
    this.name = 'CheckpointLost'
  }
}

/**
 * A session to write a projection in. Its commits do not wait for the disk: should Postgres crash, rows and checkpoint
 * go back together, and the stream has what is missing.
 */
export async function openWriterSession(dataSource: DataSource): Promise<Session> {
  const session = await openSession(dataSource)
  await session.query('SET synchronous_commit = off')
  return session
}

/** A batch, made ready to be written. */
export interface DecodedBatch {
  readonly records: readonly unknown[]
  /** What is put aside. */
  readonly rejected: readonly { readonly message: LogMessage; readonly reason: string }[]
  /** The messages up to the one that halts. */
  readonly messages: readonly LogMessage[]
  readonly halt?: UndecodableMessage
  /** How many more there were when the last of these was delivered. */
  readonly pending: number
  /** When the first of the batch was stored. */
  readonly oldest: Date | undefined
}

/** Reads the messages as the projection's records. */
export function decodeBatch({ source }: Projection, { messages, pending }: LogBatch): DecodedBatch {
  const records: unknown[] = []
  const rejected: { message: LogMessage; reason: string }[] = []
  const oldest = messages[0]?.time
  for (const [index, message] of messages.entries()) {
    try {
      records.push(source.decode(message))
    } catch (error) {
      if (!(error instanceof UndecodableMessage)) throw error
      if (source.undecodable === 'halt') {
        return { records, rejected, messages: messages.slice(0, index), halt: error, pending, oldest }
      }
      rejected.push({ message, reason: error.reason })
    }
  }
  return { records, rejected, messages, pending, oldest }
}

/**
 * Writes a batch and moves the checkpoint, in one transaction of the session.
 * @returns the generation as it then is.
 * @throws CheckpointLost, with nothing written; UndecodableMessage when the source says `halt`, after writing what comes
 *   before that message.
 */
export async function writeBatch(
  session: Session,
  projection: Projection,
  generation: Generation,
  { records, rejected, messages, halt }: DecodedBatch,
): Promise<Generation> {
  const last = messages.at(-1)
  const next = last ? { ...generation, sequence: last.sequence, identity: last.identity } : generation
  const write = (apply: (tx: Tx) => Promise<void>): Promise<void> =>
    session.transaction(async (tx) => {
      await apply(tx)
      for (const { message, reason } of rejected) await putMessageAside(tx, projection, message, reason)
      if (!(await advanceCheckpoint(tx, generation, next))) throw new CheckpointLost(generation)
    })
  try {
    if (last) await write((tx) => projection.apply(records, inGeneration(tx, generation)))
  } catch (error) {
    if (projection.source.undecodable === 'halt' || !isDataError(error)) throw error
    await write((tx) => applyOneByOne(tx, projection, generation, messages))
  }
  if (halt) throw halt
  return next
}

/** Finds the one that the database refuses, so that it does not take the rest of its batch with it. */
async function applyOneByOne(
  tx: Tx,
  projection: Projection,
  generation: Generation,
  messages: readonly LogMessage[],
): Promise<void> {
  for (const message of messages) {
    const { records } = decodeBatch(projection, { messages: [message], pending: 0 })
    if (records.length === 0) continue
    await tx.query('SAVEPOINT one')
    try {
      await projection.apply(records, inGeneration(tx, generation))
      await tx.query('RELEASE SAVEPOINT one')
    } catch (error) {
      if (!isDataError(error)) throw error
      await tx.query('ROLLBACK TO SAVEPOINT one')
      await putMessageAside(tx, projection, message, error.message)
    }
  }
}

const putMessageAside = (tx: Tx, { name }: Projection, message: LogMessage, reason: string): Promise<void> => {
  const { stream, sequence, subject, data } = message
  return putAside(tx, { projection: name, stream, sequence, subject, reason, body: data })
}

const inGeneration = (tx: Tx, generation: Generation): ProjectionTx => ({
  query: tx.query,
  table: (name) => tableOf(name, generation),
})

/** SQLSTATE classes 22 (data exception) and 23 (constraint violation): the data is at fault, and will be again. */
const isDataError = (error: unknown): error is Error & { code: string } =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && /^2[23]...$/.test(error.code)
