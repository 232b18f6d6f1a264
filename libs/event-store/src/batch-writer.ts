import { advanceCheckpoint, putAside, tableOf, type Generation, type Session, type Tx } from '@cartly/read-model'
import { UndecodableMessage } from './errors.ts'
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
 * Writes a batch and moves the checkpoint, in one transaction of the session.
 * @returns the generation as it then is.
 * @throws CheckpointLost, with nothing written; UndecodableMessage when the source says `halt`, after writing what comes
 *   before that message.
 */
export async function writeBatch(
  session: Session,
  projection: Projection,
  generation: Generation,
  messages: readonly LogMessage[],
): Promise<Generation> {
  const { records, rejected, readable, halt } = decodeAll(projection, messages)
  const last = readable.at(-1)
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
    await write((tx) => applyOneByOne(tx, projection, generation, readable))
  }
  if (halt) throw halt
  return next
}

interface Decoded {
  readonly records: unknown[]
  /** What is put aside. */
  readonly rejected: { readonly message: LogMessage; readonly reason: string }[]
  /** The messages up to the one that halts. */
  readonly readable: readonly LogMessage[]
  readonly halt?: UndecodableMessage
}

function decodeAll({ source }: Projection, messages: readonly LogMessage[]): Decoded {
  const records: unknown[] = []
  const rejected: { message: LogMessage; reason: string }[] = []
  for (const [index, message] of messages.entries()) {
    try {
      records.push(source.decode(message))
    } catch (error) {
      if (!(error instanceof UndecodableMessage)) throw error
      if (source.undecodable === 'halt') return { records, rejected, readable: messages.slice(0, index), halt: error }
      rejected.push({ message, reason: error.reason })
    }
  }
  return { records, rejected, readable: messages }
}

/** Finds the one that the database refuses, so that it does not take the rest of its batch with it. */
async function applyOneByOne(
  tx: Tx,
  projection: Projection,
  generation: Generation,
  messages: readonly LogMessage[],
): Promise<void> {
  for (const message of messages) {
    const { records } = decodeAll(projection, [message])
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
