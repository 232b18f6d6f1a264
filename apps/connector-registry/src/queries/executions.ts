import {
  notFound,
  type Execution,
  type ExecutionRecorded,
  type ExecutionSummary,
  type RequestOf,
  type registry,
} from '@cartly/contracts'
import { decodeCursor, pageOf, statements, type Page } from '@cartly/read-model'
import type { DataSource } from 'typeorm'

interface Row {
  id: ExecutionSummary['id']
  connector_id: ExecutionSummary['connectorId']
  hook: string
  trigger: string
  status: ExecutionSummary['status']
  source: ExecutionSummary['source']
  error: ExecutionSummary['error'] | null
  started_at: Date
  duration_ms: number
  event_id: string | null
}

/** The executions of a store, newest first; tests of connections only where they are asked for. */
export async function listExecutions(
  dataSource: DataSource,
  request: RequestOf<typeof registry.listExecutions>,
): Promise<Page<ExecutionSummary>> {
  const parameters: unknown[] = [request.storeId]
  const where = ['store_id = $1']
  const only = (condition: string, value: unknown): void => {
    if (value !== undefined) where.push(condition.replace('?', `$${parameters.push(value)}`))
  }
  if (request.include !== 'tests') where.push("trigger <> 'test'")
  only('connector_id = ?', request.connectorId)
  only('hook = ?', request.hook)
  only('status = ?', request.status)
  only('error_class = ?', request.errorClass)
  only('started_at >= ?', request.since)
  only('started_at < ?', request.until)
  only('id < ?', request.cursor && decodeCursor(request.cursor, ['string'])[0])
  const rows = await statements(dataSource).query<Row>(
    `SELECT id, connector_id, hook, trigger, status, source, error, started_at, duration_ms, event_id
     FROM execution WHERE ${where.join(' AND ')} ORDER BY id DESC LIMIT ${request.limit + 1}`,
    parameters,
  )
  return pageOf(rows, request.limit, ({ id }) => [id], summaryOf)
}

/** @throws CartlyError `not_found`, also for another store's. */
export async function getExecution(
  dataSource: DataSource,
  { storeId, executionId }: RequestOf<typeof registry.getExecution>,
): Promise<Execution> {
  const [row] = await statements(dataSource).query<{ recorded: ExecutionRecorded }>(
    'SELECT recorded FROM execution WHERE id = $1 AND store_id = $2',
    [executionId, storeId],
  )
  if (!row) throw notFound('execution', executionId)
  return { id: executionId, ...row.recorded }
}

const summaryOf = (row: Row): ExecutionSummary => ({
  id: row.id,
  connectorId: row.connector_id,
  hook: row.hook,
  trigger: row.trigger,
  status: row.status,
  source: row.source,
  ...(row.error ? { error: row.error } : {}),
  startedAt: row.started_at.toISOString(),
  durationMs: row.duration_ms,
  ...(row.event_id ? { eventId: row.event_id } : {}),
})
