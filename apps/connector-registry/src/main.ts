import { readEnv, runService } from '@cartly/service'
import { loadCatalog } from '@cartly/templates'
import { Type } from 'typebox'
import { RegistryModule } from './registry.module.ts'

const Env = Type.Object({ DATABASE_URL: Type.String({ minLength: 1 }) })

runService('connector-registry', async (context) =>
  RegistryModule.create(context, { databaseUrl: readEnv(Env).DATABASE_URL, catalog: await loadCatalog() }),
)
