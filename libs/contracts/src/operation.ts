import type { Static, TSchema } from 'typebox'

/** A service that answers requests on the bus. The name is also its NATS user and the folder under `apps/`. */
export type ServiceName =
  | 'connector-registry'
  | 'credential-vault'
  | 'hook-executor'
  | 'webhook-dispatcher'
  | 'oauth-refresher'

/**
 * One request and its reply on the bus, checked against these schemas on both sides.
 * The subject is `svc.<service>.<name>`, so that NATS permissions can be given by service and by operation.
 */
export interface Operation<Req extends TSchema = TSchema, Res extends TSchema = TSchema> {
  readonly service: ServiceName
  readonly name: string
  readonly subject: string
  readonly request: Req
  readonly response: Res
  /** How long a caller waits unless it carries a deadline of its own, in milliseconds. */
  readonly timeoutMs: number
}

export type RequestOf<O extends Operation> = Static<O['request']>
export type ResponseOf<O extends Operation> = Static<O['response']>

export function operation<Req extends TSchema, Res extends TSchema>(
  service: ServiceName,
  name: string,
  spec: { request: Req; response: Res; timeoutMs?: number },
): Operation<Req, Res> {
  return {
    service,
    name,
    subject: `svc.${service}.${name}`,
    request: spec.request,
    response: spec.response,
    timeoutMs: spec.timeoutMs ?? 5_000,
  }
}
