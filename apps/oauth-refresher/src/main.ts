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
  REFRESH_LEASE_MS: Type.Optional(
    Type.String({
      pattern: '^\\d+$',
      description: 'How long a refresh may give no sign before others see it as given up; 90,000',
    }),
  ),
  TOKEN_REQUEST_TIMEOUT_MS: Type.Optional(
    Type.String({ pattern: '^\\d+$', description: 'How long a service may take to answer; two thirds of the lease' }),
  ),
})

const LEASE_MS = 90_000

const list = (text: string | undefined): string[] => text?.split(',').filter((part) => part !== '') ?? []

runService('oauth-refresher', async (context) => {
  const env = readEnv(Env)
  const leaseMs = Number(env.REFRESH_LEASE_MS ?? LEASE_MS)
  const egress = createEgress({
    // So a request ends before others give it up, even when its refresh can give no sign meanwhile.
    fetchTimeoutMs: Number(env.TOKEN_REQUEST_TIMEOUT_MS ?? (leaseMs * 2) / 3),
    allowedNetworks: list(env.EGRESS_ALLOWED_NETWORKS),
    deniedPorts: list(env.EGRESS_DENIED_PORTS).map(Number),
  })
  const catalog = await loadCatalog()
  return OAuthModule.create(context, { databaseUrl: env.DATABASE_URL, catalog, egress, leaseMs })
})
