import { createEgress } from '@cartly/egress'
import { readEnv, runService } from '@cartly/service'
import { loadCatalog } from '@cartly/templates'
import { Type } from 'typebox'
import { ExecutorModule } from './executor.module.ts'

const Env = Type.Object({
  DATABASE_URL: Type.String({ minLength: 1 }),
  EGRESS_ALLOWED_NETWORKS: Type.Optional(
    Type.String({ description: 'Networks that may be reached although they are not public, in CIDR notation' }),
  ),
  EGRESS_DENIED_PORTS: Type.Optional(Type.String({ description: 'Ports that may not be, separated by commas' })),
  EGRESS_PROPAGATE_TRACE: Type.Optional(
    Type.String({
      pattern: '^(true|false)$',
      description: 'Whether outside services are sent the trace; not unless said',
    }),
  ),
})

const list = (text: string | undefined): string[] => text?.split(',').filter((part) => part !== '') ?? []

runService('hook-executor', async (context) => {
  const env = readEnv(Env)
  return ExecutorModule.create(context, {
    databaseUrl: env.DATABASE_URL,
    catalog: await loadCatalog(),
    egress: createEgress({
      allowedNetworks: list(env.EGRESS_ALLOWED_NETWORKS),
      // All connectors of one service share an origin; what limits them are the limits of each.
      connectionsPerOrigin: 256,
      deniedPorts: list(env.EGRESS_DENIED_PORTS).map(Number),
    }),
    propagateTrace: env.EGRESS_PROPAGATE_TRACE === 'true',
  })
})
