import { createEgress } from '@cartly/egress'
import { readEnv, runService } from '@cartly/service'
import { loadCatalog } from '@cartly/templates'
import { Type } from 'typebox'
import { KeyringEnv, keyringSettings } from './keyring/keyring-settings.ts'
import { openKeyring } from './keyring/open-keyring.ts'
import { specFrom } from './queries/credential-spec.ts'
import { VaultModule } from './vault.module.ts'

const Env = Type.Object({
  DATABASE_URL: Type.String({ minLength: 1 }),
  EGRESS_ALLOWED_NETWORKS: Type.Optional(Type.String({ description: 'CIDRs where a key service may be' })),
  LEASE_MS: Type.Optional(
    Type.String({ pattern: '^\\d+$', description: 'How long a service may keep what it was lent; 60,000' }),
  ),
  ...KeyringEnv,
})

const LEASE_MS = 60_000

runService('credential-vault', async (context) => {
  const env = readEnv(Env)
  const allowedNetworks = env.EGRESS_ALLOWED_NETWORKS?.split(',').filter((network) => network !== '') ?? []
  const egress = createEgress({ allowedNetworks, fetchTimeoutMs: 5_000 })
  context.onShutdown(() => egress.close())
  return VaultModule.create(context, {
    databaseUrl: env.DATABASE_URL,
    openKeyring: (inUse) => openKeyring(keyringSettings(env), inUse, egress.fetch),
    specOf: specFrom(await loadCatalog()),
    leaseMs: Number(env.LEASE_MS ?? LEASE_MS),
  })
})
