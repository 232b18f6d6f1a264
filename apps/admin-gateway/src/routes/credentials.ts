import {
  ConnectorIdSchema,
  CredentialDescription,
  registry,
  SecretValues,
  StoreIdSchema,
  vault,
} from '@cartly/contracts'
import { sealToVault } from '@cartly/vault-client'
import { Type } from 'typebox'
import { route, type Route } from '../api/route.ts'

const tag = 'Credentials'
const path = '/v1/stores/{storeId}/connectors/{connectorId}/credentials'
const params = { storeId: StoreIdSchema, connectorId: ConnectorIdSchema }

const PutCredentials = Type.Object({ values: SecretValues }, { additionalProperties: false })

export const credentialRoutes: readonly Route[] = [
  route({
    id: 'putCredentials',
    method: 'PUT',
    path,
    tag,
    summary: "Store a connector's credentials",
    description:
      "The field names are the template's (`credentialFields`). What is stored can be replaced and deleted, never read.",
    scopes: ['credentials:write'],
    params,
    body: PutCredentials,
    example: { values: { apiKey: 'shippo_test_0123456789abcdef' } },
    response: CredentialDescription,
    handle: async ({ params: { storeId, connectorId }, body, ask, bus }) => {
      const target = { storeId, ownerId: connectorId, purpose: 'connector' } as const
      const sealed = await sealToVault(bus, target, body.values)
      const stored = await ask(vault.putCredentials, { storeId, connectorId, sealed })
      const { credentialId, version } = stored
      await ask(registry.attachCredentials, { storeId, connectorId, purpose: 'connector', credentialId, version })
      return stored
    },
  }),
  route({
    id: 'getCredentials',
    method: 'GET',
    path,
    tag,
    summary: 'Read which credentials are stored',
    description:
      'Which fields are set, their last four characters, the version and when; never a secret. 404 while there are none.',
    scopes: ['integrations:read', 'credentials:write'],
    params,
    response: CredentialDescription,
    handle: ({ params: connector, ask }) => ask(vault.describeCredentials, connector),
  }),
  route({
    id: 'deleteCredentials',
    method: 'DELETE',
    path,
    tag,
    summary: "Destroy a connector's credentials",
    description: 'Their key is destroyed: no backup or replay brings them back.',
    scopes: ['credentials:write'],
    params,
    handle: async ({ params: connector, ask }) => {
      const { credentialId } = await ask(vault.deleteCredentials, connector)
      await ask(registry.detachCredentials, { ...connector, purpose: 'connector', credentialId })
    },
  }),
]
