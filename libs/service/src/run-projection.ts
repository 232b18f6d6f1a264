import { ProjectionRunner, Reactor, type Projection, type ReactorOptions } from '@cartly/event-store'
import type { DataSource } from 'typeorm'
import type { ServiceContext } from './context.ts'

/** How far behind the log a projection may be before its service says it is not ready, in seconds. */
const READY_LAG_SECONDS = 60

/**
 * Runs a projection for the service's life. Resolves when its tables are there; the service is not ready while the
 * projection is refused or far behind.
 */
export async function runProjection<Record, Table extends string>(
  { nc, js, jsm, log, health, onShutdown }: ServiceContext,
  dataSource: DataSource,
  projection: Projection<Record, Table>,
): Promise<ProjectionRunner> {
  const { name } = projection
  const runner = new ProjectionRunner({
    bus: { nc, js, jsm },
    dataSource,
    projection,
    onTrouble: (error) => log.warn('a projection waits', { projection: name, error }),
  })
  health.add(`projection ${name}`, () => {
    const { state, failure, lagSeconds } = runner.status
    if (state === 'refused') throw failure ?? new Error('refused')
    if (lagSeconds > READY_LAG_SECONDS) throw new Error(`${Math.round(lagSeconds)} s behind`)
  })
  onShutdown(() => runner.stop())
  await runner.start()
  return runner
}

/** Carries out a policy for the service's life: see `Reactor`. */
export function runReactor<Record>(
  { nc, js, jsm, log, onShutdown }: ServiceContext,
  options: Omit<ReactorOptions<Record>, 'bus' | 'onTrouble'>,
): void {
  const reactor = new Reactor({
    ...options,
    bus: { nc, js, jsm },
    onTrouble: (error) => log.warn('a policy is tried again', { policy: options.name, error }),
  })
  onShutdown(() => reactor.stop())
  reactor.start()
}
