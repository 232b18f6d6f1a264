export { createDataSource, type DataSourceSettings } from './data-source.ts'
export { migrate } from './migrate.ts'
export { openSession, statements, transaction, type Session, type Tx } from './session.ts'
export { lock, tryLock } from './advisory-lock.ts'
export { deleteRows, insertRows, upsertRows, type Columns, type Row, type UpsertOptions } from './rows.ts'
export { toJson } from './json.ts'
export { decodeCursor, encodeCursor, pageOf, type CursorKey, type Page } from './cursor.ts'
export {
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
export { putAside, type Poison } from './poison.ts'
export { Sketch } from './sketch.ts'
export { beginningOf, statsOf, type Counts } from './stats.ts'
