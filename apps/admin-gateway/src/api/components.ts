import {
  Address,
  Connector,
  ConnectorStats,
  CredentialDescription,
  Delivery,
  DeliverySummary,
  EndpointFilter,
  EndpointSettings,
  EndpointSettingsChange,
  EndpointStats,
  Execution,
  ExecutionError,
  ExecutionRecorded,
  ExecutionSummary,
  HistoryEntry,
  InvokeResult,
  KeyringDescription,
  Money,
  OAuthConnection,
  Recovery,
  RejectedEvent,
  Stats,
  StepRecord,
  TemplateDetail,
  TemplateSummary,
  TestResult,
  UpgradeDiff,
  WebhookEndpoint,
} from '@cartly/contracts'
import { Problem } from '../http/problem.ts'
import { liveEventKinds, LiveChange, LiveDelivery, LiveDisabled } from '../live/live-event.ts'
import { EventType } from '../routes/event-types.ts'
import { Authorization } from '../routes/oauth.ts'
import { Session } from '../routes/session.ts'
import { SignIn } from '../routes/sign-in.ts'

/** The schemas that have a name in `/openapi.json`; wherever one of these objects stands in another, it becomes a `$ref`. */
export const components: Readonly<Record<string, object>> = {
  Address,
  Authorization,
  Connector,
  ConnectorStats,
  CredentialDescription,
  Delivery,
  DeliverySummary,
  EndpointFilter,
  EndpointSettings,
  EndpointSettingsChange,
  EndpointStats,
  EventType,
  Execution,
  ExecutionError,
  ExecutionRecorded,
  ExecutionSummary,
  HistoryEntry,
  InvokeResult,
  KeyringDescription,
  LiveChange,
  LiveDelivery,
  LiveDisabled,
  Money,
  OAuthConnection,
  Problem,
  Recovery,
  RejectedEvent,
  Session,
  SignIn,
  Stats,
  StepRecord,
  TemplateDetail,
  TemplateSummary,
  TestResult,
  UpgradeDiff,
  WebhookEndpoint,
}

const names = new Map(Object.entries(components).map(([name, schema]) => [schema, name]))

/** A schema as OpenAPI 3.1 writes it: JSON Schema 2020-12, with references to the named ones. */
export function documented(schema: object): object {
  const name = names.get(schema)
  return name ? { $ref: `#/components/schemas/${name}` } : inside(schema)
}

/** The same, of the schema's own content. A pattern that any name fits is written the way code generators read it. */
export function inside(value: object): object {
  if (Array.isArray(value)) return value.map(write)
  const { patternProperties, ...rest } = value as { patternProperties?: Record<string, unknown> }
  const anyName = patternProperties?.['^.*$']
  const fields = anyName ? { ...rest, additionalProperties: anyName } : value
  return Object.fromEntries(Object.entries(fields).map(([key, item]) => [key, write(item)]))
}

const write = (item: unknown): unknown => (typeof item === 'object' && item !== null ? documented(item) : item)

/** What the live stream's events hold, by their name. */
export const liveEvents: object = Object.fromEntries(
  Object.entries(liveEventKinds).map(([kind, { data }]) => [kind, documented(data)]),
)
