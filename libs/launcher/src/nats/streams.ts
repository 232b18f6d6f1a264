import { connect, nanos } from '@nats-io/transport-node'
import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream'
import { eventually, type Patience } from '../process/eventually.ts'
import type { NatsCredentials } from './nats-users.ts'

/** What an installation may choose about its streams. */
export interface StreamSettings {
  /** Copies of each stream: 1, or 3 or 5 on a cluster. */
  replicas?: number
  /** Days that the platform's events stay readable (7). */
  storeDays?: number
  /** Days that executions and delivery attempts stay readable (30). */
  activityDays?: number
  /** Days that the record of who was lent which secret stays readable (400). */
  auditDays?: number
}

const day = 24 * 60 * 60 * 1000

/**
 * The four streams of `design/architecture.md`, "The way of an event", the gateway's memory of `Idempotency-Key`, and
 * the answers of outside services that may be given again (in memory: what is lost is asked again), and what the
 * replicas of a service tell each other (ADR 14): the last word of each, until its time to live has passed.
 */
export function streamConfigs(settings: StreamSettings = {}): (Partial<StreamConfig> & { name: string })[] {
  const { replicas = 1, storeDays = 7, activityDays = 30, auditDays = 400 } = settings
  const base = {
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    num_replicas: replicas,
    allow_direct: true,
    duplicate_window: nanos(2 * 60 * 1000),
  }
  const unerasable = { deny_delete: true, deny_purge: true }
  return [
    { ...base, name: 'STORE', subjects: ['store.>'], max_age: nanos(storeDays * day) },
    { ...base, ...unerasable, name: 'EVENTS', subjects: ['evt.>'], max_age: 0 },
    { ...base, name: 'ACTIVITY', subjects: ['act.>'], max_age: nanos(activityDays * day) },
    { ...base, ...unerasable, name: 'AUDIT', subjects: ['audit.>'], max_age: nanos(auditDays * day) },
    { ...base, name: 'IDEMPOTENCY', subjects: ['idem.*'], max_age: nanos(day), max_msgs_per_subject: 1 },
    {
      ...base,
      name: 'ANSWERS',
      subjects: ['ans.>'],
      storage: StorageType.Memory,
      max_bytes: 64 * 1024 * 1024,
      max_age: nanos(day),
      max_msgs_per_subject: 1,
    },
    {
      ...base,
      name: 'FLEET',
      subjects: ['fleet.>'],
      max_msgs_per_subject: 1,
      allow_msg_ttl: true,
      // Whoever reads along learns that something has ended.
      subject_delete_marker_ttl: nanos(60 * 1000),
    },
  ]
}

/** Creates the streams, or brings those that are there to the settings. Needs the user `provisioner`. */
export async function provisionStreams(
  servers: string | string[],
  provisioner: NatsCredentials,
  settings: StreamSettings = {},
  patience: Patience = {},
): Promise<void> {
  const connection = await connect({ servers, ...provisioner, name: 'provisioner', waitOnFirstConnect: true })
  try {
    // A cluster refuses until it has chosen its leader.
    const manager = await eventually(() => jetstreamManager(connection), patience)
    for (const config of streamConfigs(settings)) {
      await eventually(() => createOrUpdate(manager, config), { ...patience, hopeless: isRefusal })
    }
  } finally {
    await connection.close()
  }
}

async function createOrUpdate(manager: JetStreamManager, config: ReturnType<typeof streamConfigs>[number]) {
  try {
    return await manager.streams.update(config.name, config)
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== JetStreamApiCodes.StreamNotFound) throw error
    return manager.streams.add(config)
  }
}

/** Whether the server understood and said no; 503 means that the cluster is not ready to answer. */
function isRefusal(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.status !== 503
}
