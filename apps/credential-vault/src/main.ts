import { readEnv, runService } from '@cartly/service'
import { loadCatalog } from '@cartly/templates'
import { Type } from 'typebox'
import { openKeyring } from './keyring/open-keyring.ts'
import { specFrom } from './queries/credential-spec.ts'
import { VaultModule } from './vault.module.ts'

const Env = Type.Object({
  DATABASE_URL: Type.String({ minLength: 1 }),
  CARTLY_DATA_DIR: Type.String({ minLength: 1, description: 'Where the keyring file is, unless VAULT_KEYS is given' }),
  VAULT_KEYS: Type.Optional(Type.String({ description: '<id>:<base64 of 32 bytes>, several separated by commas' })),
  VAULT_PRIMARY_KEY: Type.Optional(Type.String({ description: 'Which of VAULT_KEYS wraps' })),
})

runService('credential-vault', async (context) => {
  const env = readEnv(Env)
  const keyring = { dataDir: env.CARTLY_DATA_DIR, keys: env.VAULT_KEYS, primaryKey: env.VAULT_PRIMARY_KEY }
  return VaultModule.create(context, {
    databaseUrl: env.DATABASE_URL,
    openKeyring: (inUse) => openKeyring(keyring, inUse),
    specOf: specFrom(await loadCatalog()),
  })
})
