import { credentialEvents } from '@cartly/contracts'
import { aggregateRepository, createCommandHandler, createEventStore } from '@cartly/event-store'
import { createDataSource, migrate } from '@cartly/read-model'
import { runProjection, runReactor, type ServiceContext } from '@cartly/service'
import { Module, type DynamicModule } from '@nestjs/common'
import { Credentials } from './commands/credentials.ts'
import { CredentialsController } from './commands/credentials.controller.ts'
import { KeyringController } from './commands/keyring.controller.ts'
import { Rotation } from './commands/rotation.ts'
import { WebhookHeadersController } from './commands/webhook-headers.controller.ts'
import { WebhookSecretsController } from './commands/webhook-secrets.controller.ts'
import { credentialDecider, type CredentialState } from './domain/credential.ts'
import type { Keyring } from './domain/keyring.ts'
import { Audit } from './leases/audit.ts'
import { LeasesController } from './leases/leases.controller.ts'
import { Lender } from './leases/lender.ts'
import { LiveVersions } from './leases/live-versions.ts'
import { Housekeeping } from './policies/housekeeping.ts'
import { createReactions, reactionSource } from './policies/reactions.ts'
import { credentialState } from './projections/credential-state.ts'
import { caughtUp } from './projections/caught-up.ts'
import { connectorProjection } from './projections/connectors.ts'
import { ConnectorDirectory, type SpecOf } from './queries/connector-directory.ts'
import { CreateVault1764100000000 } from './storage/1764100000000-create-vault.ts'
import { DataKeys } from './storage/data-keys.ts'
import { SealingKeys } from './storage/sealing-keys.ts'
import { countByKey, WrappingKeys } from './storage/wrapping-keys.ts'

export interface VaultSettings {
  readonly databaseUrl: string
  /** Opens the keyring; `inUse` are the keys that wrap something. */
  openKeyring(inUse: readonly string[]): Promise<Keyring>
  readonly specOf: SpecOf
  /** How long a holder may keep what it was lent, in milliseconds. */
  readonly leaseMs: number
}

const HOUSEKEEPING_EVERY_MS = 60_000
const REFRESH_KEYRING_EVERY_MS = 5_000

const provide = (value: object) => ({ provide: value.constructor, useValue: value })

@Module({})
export class VaultModule {
  /** Brings the database up to date, opens the keyring, starts projections and reactions, and wires the controllers. */
  static async create(context: ServiceContext, settings: VaultSettings): Promise<DynamicModule> {
    const { log, onShutdown } = context
    const bus = { nc: context.nc, js: context.js, jsm: context.jsm }
    const dataSource = createDataSource({
      url: settings.databaseUrl,
      schema: 'vault',
      migrations: [CreateVault1764100000000],
    })
    await migrate(dataSource)
    onShutdown(() => dataSource.destroy())

    const dataKeys = new DataKeys(dataSource)
    const wrapped = await countByKey(dataSource)
    const keyring = await settings.openKeyring([...wrapped].flatMap(([id, count]) => (count > 0 ? [id] : [])))
    const wrappingKeys = new WrappingKeys(dataSource, keyring)
    await wrappingKeys.refresh()
    const rotation = new Rotation(keyring, wrappingKeys, log)
    onShutdown(() => rotation.stop())

    const credentialRunner = await runProjection(context, dataSource, credentialState)
    const connectorRunner = await runProjection(context, dataSource, connectorProjection)
    await caughtUp(context, credentialState.source, credentialRunner)
    await caughtUp(context, connectorProjection.source, connectorRunner)

    const store = createEventStore(bus)
    const repository = aggregateRepository<CredentialState>(dataSource, credentialState)
    const handler = createCommandHandler({
      store,
      family: credentialEvents,
      decider: credentialDecider,
      repository,
      visibleIn: [credentialRunner],
    })
    const credentials = new Credentials({ handler, repository, log: store, keyring, dataKeys, wrappingKeys })
    const connectors = new ConnectorDirectory({
      dataSource,
      specOf: settings.specOf,
      bus,
      readModel: connectorRunner,
    })
    const versions = new LiveVersions(dataSource, keyring, (subject, envelope) => {
      wrappingKeys
        .rewrapOne(subject, envelope)
        .catch((error: unknown) => log.warn('a key keeps its old wrap', { error }))
    })
    const audit = new Audit(context.js)

    runReactor(context, {
      name: 'vault-policies',
      source: reactionSource,
      react: createReactions({ credentials, dataKeys, log: store, readModel: credentialRunner }),
    })

    const housekeeping = new Housekeeping({ credentials, dataKeys, log: store })
    const keepHouse = (): void => {
      Promise.all([housekeeping.run(), rotation.resume()]).catch((error: unknown) =>
        log.warn('housekeeping is put off', { error }),
      )
    }
    const refreshKeyring = (): void => {
      wrappingKeys.refresh().catch((error: unknown) => log.error('the keyring cannot be read', { error }))
    }
    const timers = [
      setInterval(keepHouse, HOUSEKEEPING_EVERY_MS),
      setInterval(refreshKeyring, REFRESH_KEYRING_EVERY_MS),
    ]
    onShutdown(async () => timers.forEach(clearInterval))
    await dataKeys.destroyPassedOver()
    const sealingKeys = new SealingKeys(dataSource, keyring, wrappingKeys)
    await sealingKeys.endUnopenable()
    keepHouse()

    return {
      module: VaultModule,
      controllers: [
        CredentialsController,
        WebhookSecretsController,
        WebhookHeadersController,
        LeasesController,
        KeyringController,
      ],
      providers: [
        provide(credentials),
        provide(connectors),
        provide(sealingKeys),
        provide(versions),
        provide(audit),
        provide(rotation),
        provide(new Lender(versions, connectors, audit, log, settings.leaseMs)),
      ],
    }
  }
}
