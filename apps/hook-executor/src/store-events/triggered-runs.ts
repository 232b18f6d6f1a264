import {
  checkStoreEvent,
  CartlyError,
  derivedId,
  entityOf,
  parseStoreSubject,
  type ConnectorId,
  type StoreId,
} from '@cartly/contracts'
import { defineProjection, type LogMessage, type Projection } from '@cartly/event-store'
import { insertRows } from '@cartly/read-model'
import type { CompiledTemplates, Target } from '../connectors/compiled-templates.ts'
import type { ConnectorIndex } from '../connectors/connector-index.ts'

export interface TriggeredRunsOptions {
  readonly index: ConnectorIndex
  readonly templates: CompiledTemplates
  /** Told, before the transaction ends, which connectors have something to do once `sequence` has been passed. */
  onTriggered(connectorIds: ReadonlySet<ConnectorId>, sequence: number): void
}

const runColumns = {
  execution_id: 'text',
  store_id: 'text',
  connector_id: 'text',
  hook: 'text',
  trigger: 'text',
  key: 'text',
  event_id: 'text',
  event: 'jsonb',
  entity: 'text',
  position: 'bigint',
  traceparent: 'text',
  input: 'jsonb',
  tries: 'integer',
  due_at: 'timestamptz',
  created_at: 'timestamptz',
} as const

const CONNECTORS_KNOWN_WITHIN_MS = 2_000

/**
 * Makes runs of store events: one for each active connector and each hook that names the event's type. As a projection,
 * because then each event is taken once and in the stream's order, by one replica at a time, in the transaction that
 * moves the checkpoint. It has no tables of its own, and must not be rebuilt: that would run everything again.
 * An event that does not fit its schema is passed over; the webhook dispatcher puts those aside and says why.
 */
export function triggeredRuns({ index, templates, onTriggered }: TriggeredRunsOptions): Projection<LogMessage, never> {
  const hooksOn = (storeId: StoreId, type: string): Target[] =>
    templates.among(index.activeOf(storeId), ({ hooks }) =>
      Object.keys(hooks).filter((name) => hooks[name]!.on?.includes(type)),
    )

  const runsOf = (message: LogMessage) => {
    const place = parseStoreSubject(message.subject)
    if (!place) return []
    const storeId = place.storeId as StoreId
    const hooks = hooksOn(storeId, place.type)
    if (hooks.length === 0) return []
    const check = checkStoreEvent(message.subject, message.data)
    if (!check.ok) return []
    const { event } = check
    const storedAt = message.time.toISOString()
    const { id, type, data, time = storedAt } = event
    return hooks.map(({ connector: { connectorId }, hook: { name } }) => {
      const executionId = derivedId('exec', message.time.getTime(), [storeId, id, connectorId, name])
      return {
        execution_id: executionId,
        store_id: storeId,
        connector_id: connectorId,
        hook: name,
        trigger: 'event',
        key: executionId,
        event_id: id,
        event: { id, type, time, storeId },
        entity: entityOf(event),
        position: message.sequence,
        traceparent: message.header('traceparent'),
        input: data,
        tries: 0,
        due_at: storedAt,
        created_at: storedAt,
      }
    })
  }

  return defineProjection<LogMessage, never>({
    name: 'triggered-runs',
    version: 1,
    source: { stream: 'STORE', filters: ['store.>'], decode: (message) => message, undecodable: 'setAside' },
    tables: {},
    async apply(batch, tx) {
      // A connector that was activated before an event was published must be known when the event is looked at.
      if (!(await index.catchUp(CONNECTORS_KNOWN_WITHIN_MS))) {
        throw new CartlyError('unavailable', 'index_behind', 'The connectors are not known up to date; events wait')
      }
      const runs = batch.flatMap(runsOf)
      if (runs.length === 0) return
      await insertRows(tx, 'run', runColumns, runs, { ignoreExisting: true })
      onTriggered(new Set(runs.map(({ connector_id }) => connector_id)), batch.at(-1)!.sequence)
    },
  })
}
