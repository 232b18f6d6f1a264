import { createEgress } from '@cartly/egress'
import { readEnv, runService } from '@cartly/service'
import { loadCatalog } from '@cartly/templates'
import { Type } from 'typebox'
import { RegistryModule } from './registry.module.ts'

const Env = Type.Object({
  DATABASE_URL: Type.String({ minLength: 1 }),
  EGRESS_ALLOWED_NETWORKS: Type.Optional(
    Type.String({ description: 'Networks that connectors may be pointed at although they are not public, as CIDRs' }),
  ),
  EGRESS_DENIED_PORTS: Type.Optional(Type.String({ description: 'Ports that may not be, separated by commas' })),
})

const list = (text: string | undefined): string[] => text?.split(',').filter((part) => part !== '') ?? []

runService('connector-registry', async (context) => {
  const env = readEnv(Env)
  // It sends nothing; it refuses at the door what the executor would refuse at checkout.
  const addresses = createEgress({
    allowedNetworks: list(env.EGRESS_ALLOWED_NETWORKS),
    deniedPorts: list(env.EGRESS_DENIED_PORTS).map(Number),
  })
  return RegistryModule.create(context, { databaseUrl: env.DATABASE_URL, catalog: await loadCatalog(), addresses })
})
