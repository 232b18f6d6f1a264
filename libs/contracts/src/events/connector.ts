import { Type, type Static } from 'typebox'
import { eventFamily, v1, type EventOf } from '../event-family.ts'
import { ConnectorIdSchema, CredentialIdSchema, StoreIdSchema } from '../ids.ts'
import { CredentialPurpose } from './credential.ts'

export const Settings = Type.Record(Type.String(), Type.Unknown())
const BaseUrl = Type.String({ format: 'uri', maxLength: 2_048 })
export const Endpoints = Type.Object({ baseUrl: Type.Optional(BaseUrl) }, { additionalProperties: false })
export type Endpoints = Static<typeof Endpoints>
/** `null` goes back to the template's address. */
export const EndpointsChange = Type.Object(
  { baseUrl: Type.Optional(Type.Union([BaseUrl, Type.Null()])) },
  { additionalProperties: false },
)
/** The store's own mappings, by the name the template gives each; what is not named stays the template's. */
export const MappingOverrides = Type.Record(Type.String(), Type.Unknown())

/** Which template a connector is pinned to, or `null` for a definition of the store's own. */
export const TemplateRef = Type.Object({ slug: Type.String(), version: Type.String() })
export type TemplateRef = Static<typeof TemplateRef>

/** The lifecycle of a connector. Owner: connector-registry. */
export const connectorEvents = eventFamily('registry', 'connector', {
  ConnectorInstalled: v1(
    Type.Object({
      connectorId: ConnectorIdSchema,
      storeId: StoreIdSchema,
      name: Type.String(),
      template: Type.Union([TemplateRef, Type.Null()]),
      definition: Type.Union([Type.Unknown(), Type.Null()]),
      settings: Settings,
      endpoints: Endpoints,
      mappings: MappingOverrides,
      at: Type.String({ format: 'date-time' }),
    }),
  ),
  ConnectorConfigured: v1(
    Type.Object({
      name: Type.Optional(Type.String()),
      settings: Type.Optional(Settings),
      endpoints: Type.Optional(Endpoints),
      mappings: Type.Optional(MappingOverrides),
    }),
  ),
  ConnectorCredentialsAttached: v1(
    Type.Object({ purpose: CredentialPurpose, credentialId: CredentialIdSchema, version: Type.Integer() }),
  ),
  ConnectorCredentialsDetached: v1(Type.Object({ purpose: CredentialPurpose, credentialId: CredentialIdSchema })),
  ConnectorTested: v1(
    Type.Object({
      at: Type.String({ format: 'date-time' }),
      ok: Type.Boolean(),
      latencyMs: Type.Number(),
      checks: Type.Array(Type.Object({ name: Type.String(), ok: Type.Boolean(), detail: Type.String() })),
      error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
    }),
  ),
  ConnectorActivated: v1(Type.Object({})),
  ConnectorDeactivated: v1(Type.Object({ reason: Type.Optional(Type.String()) })),
  ConnectorNeedsAttention: v1(Type.Object({ code: Type.String(), reason: Type.String() })),
  ConnectorRecovered: v1(Type.Object({ code: Type.String() })),
  /** What its service grants it, where that is another than before; `missing` was asked for and not granted. */
  ConnectorScopesGranted: v1(Type.Object({ scopes: Type.Array(Type.String()), missing: Type.Array(Type.String()) })),
  ConnectorUpgraded: v1(
    Type.Object({ from: Type.String(), to: Type.String(), settings: Settings, mappings: MappingOverrides }),
  ),
  ConnectorRolledBack: v1(
    Type.Object({ from: Type.String(), to: Type.String(), settings: Settings, mappings: MappingOverrides }),
  ),
  ConnectorRemoved: v1(Type.Object({})),
})
export type ConnectorEvent = EventOf<typeof connectorEvents>
