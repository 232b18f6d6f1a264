import { createEgress } from '@cartly/egress'
import { readEnv, runService } from '@cartly/service'
import { loadCatalog } from '@cartly/templates'
import { Type } from 'typebox'
import { OAuthModule } from './oauth.module.ts'

const Env = Type.Object({
  DATABASE_URL: Type.String({ minLength: 1 }),
  EGRESS_ALLOWED_NETWORKS: Type.Optional(
    Type.String({ description: 'CIDRs that may be reached, separated by commas' }),
  ),
  EGRESS_DENIED_PORTS: Type.Optional(Type.String({ description: 'Ports that may not be, separated by commas' })),
})

const list = (text: string | undefined): string[] => text?.split(',').filter((part) => part !== '') ?? []

runService('oauth-refresher', async (context) => {
  const env = readEnv(Env)
  const egress = createEgress({
    allowedNetworks: list(env.EGRESS_ALLOWED_NETWORKS),
    deniedPorts: list(env.EGRESS_DENIED_PORTS).map(Number),
  })
  return OAuthModule.create(context, { databaseUrl: env.DATABASE_URL, catalog: await loadCatalog(), egress })
})
