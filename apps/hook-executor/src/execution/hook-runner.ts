import { CartlyError } from '@cartly/contracts'
import { MappingError } from '@cartly/mapping'
import {
  runChain,
  systemClock,
  type CredentialValues,
  type HttpPort,
  type Recorded,
  type Recorder,
} from '@cartly/request-chain'
import { limitsFor, type CompiledTemplate, type RateLimit } from '@cartly/templates'
import { withSpan } from '@cartly/telemetry'
import type { CompiledTemplates } from '../connectors/compiled-templates.ts'
import type { BorrowedCredentials, Credentials } from '../connectors/credentials.ts'
import type { Connector } from '../domain/connector.ts'
import type { Circuits } from '../limits/circuits.ts'
import type { RateLimits } from '../limits/rate-limits.ts'
import { failed, type Execution, type Failure, type Outcome } from './execution.ts'

export interface HookRunnerOptions {
  readonly templates: CompiledTemplates
  readonly credentials: Credentials
  readonly http: HttpPort
  readonly circuits: Circuits
  readonly rateLimits: RateLimits
}

/** Where a durable run writes its steps, and what an earlier process wrote of it. */
export interface Durability {
  readonly recorder: Recorder
  readonly recorded?: Recorded
}

/** Runs hooks against their services. */
export class HookRunner {
  readonly #options: HookRunnerOptions

  constructor(options: HookRunnerOptions) {
    this.#options = options
  }

  /** Failures are outcomes; it throws only what a recorder throws, and defects. */
  run(execution: Execution, durability?: Durability): Promise<Outcome> {
    const { connector, hook, trigger } = execution
    const attributes = {
      'cartly.store': connector.storeId,
      'cartly.connector': connector.connectorId,
      'cartly.hook': hook.name,
      'cartly.trigger': trigger,
      'cartly.execution': execution.id,
    }
    return withSpan('run hook', { attributes }, async (span) => {
      const outcome = await this.#throughCircuit(execution, durability)
      span.setAttribute('cartly.outcome', outcome.status)
      if (outcome.status === 'failed') span.setAttribute('error.type', outcome.error.code)
      return outcome
    })
  }

  async #throughCircuit(execution: Execution, durability: Durability | undefined): Promise<Outcome> {
    const { circuits } = this.#options
    const pass = circuits.enter(execution.connector)
    if (pass.waitMs > 0) return failed(cutOff(execution.hook.chain.service, pass.waitMs))
    let failure: string | undefined
    try {
      const outcome = await this.#run(execution, durability)
      failure = whatAils(outcome)
      return outcome
    } finally {
      circuits.leave(execution.connector, pass, failure)
    }
  }

  async #run(execution: Execution, durability: Durability | undefined): Promise<Outcome> {
    const { connector, hook, trigger, deadlineAt } = execution
    const template = this.#options.templates.of(connector)
    const place = await this.#place(connector, template, `${hook.name} (${trigger})`, deadlineAt)
    if ('failure' in place) return failed(place.failure)
    const { baseUrl, credentials } = place
    const result = await runChain(hook.chain, {
      input: execution.input,
      settings: connector.settings,
      connection: connector.connection,
      ...(execution.event ? { event: execution.event } : {}),
      execution: { id: execution.id, key: execution.key },
      baseUrl,
      auth: template.definition.auth,
      credentials: credentials.values,
      onUnauthorized: () => credentials.renew(deadlineAt),
      http: this.#limited(connector, this.#limits(connector, template, credentials.values), template.definition.name),
      clock: systemClock,
      random: Math.random,
      deadlineAt,
      ...durability,
    })
    if (result.status !== 'failed') return result
    return { status: 'failed', error: result.error, steps: result.steps }
  }

  /** A service's limits for test keys are those of its own address: a sandbox elsewhere has its own. */
  #limits({ endpoints }: Connector, { definition }: CompiledTemplate, keys: CredentialValues): readonly RateLimit[] {
    return limitsFor(definition, endpoints.baseUrl === undefined ? keys : {})
  }

  /** The way to the service, within the limits that it sets. */
  #limited({ connectorId }: Connector, limits: readonly RateLimit[], service: string): HttpPort {
    const { http, rateLimits } = this.#options
    if (limits.length === 0) return http
    return {
      async send(request) {
        const until = Date.now() + request.timeoutMs
        for (let waitMs; (waitMs = await rateLimits.take(connectorId, limits, request.method)) > 0;) {
          if (Date.now() + waitMs >= until) throw new RateLimited(service)
          await systemClock.sleep(waitMs, request.signal)
          if (request.signal.aborted) throw new RateLimited(service)
        }
        return http.send({ ...request, timeoutMs: Math.max(1, until - Date.now()) })
      },
    }
  }

  /** Address and credentials: what must be there before anything can be asked. */
  async #place(
    connector: Connector,
    template: CompiledTemplate,
    reason: string,
    deadlineAt: number,
  ): Promise<{ baseUrl: string; credentials: BorrowedCredentials } | { failure: Failure }> {
    const { definition } = template
    try {
      const baseUrl = template.baseUrl(connector)
      const credentials = await within(
        deadlineAt,
        this.#options.credentials.borrow(connector, definition.auth, reason, deadlineAt),
      )
      return { baseUrl, credentials }
    } catch (error) {
      return { failure: whyNotAsked(definition.name, error) }
    }
  }
}

/** The limit that a service sets is used up for the time there is. An `HttpError`: nothing was sent. */
class RateLimited extends Error {
  readonly code = 'rate_limited'
  readonly sent = false

  constructor(service: string) {
    super(`the requests that ${service} allows are used up for the moment`)
  }
}

/**
 * What a failure says of the service, in words. Nothing when it answered as a service should, and be it with a refusal;
 * and nothing when it was not asked.
 */
function whatAils(outcome: Outcome): string | undefined {
  if (outcome.status !== 'failed') return undefined
  const { class: errorClass, code, message } = outcome.error
  const asked = outcome.steps.some(({ attempts }) => attempts.length > 0)
  const failing = asked && code !== 'rate_limited' && (errorClass === 'transient' || errorClass === 'unknown')
  return failing ? message : undefined
}

const cutOff = (service: string, retryAfterMs: number): Failure => ({
  class: 'transient',
  code: 'circuit_open',
  message: `${service} was not asked: it has been failing, and is tried again in ${Math.ceil(retryAfterMs / 1_000)} s.`,
  retryAfterMs,
})

/** @throws CartlyError `timeout` once the deadline has passed. */
async function within<T>(deadlineAt: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const late = (): void => reject(new CartlyError('timeout', 'deadline_exceeded', 'the vault did not answer in time'))
  const timer = setTimeout(late, Math.max(0, deadlineAt - Date.now()))
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Refusals of the refresher that only the merchant can mend; the others pass. */
const forMerchant = new Set(['access_lost', 'not_connected', 'not_refreshable'])

function whyNotAsked(service: string, error: unknown): Failure {
  if (error instanceof MappingError) {
    const message = `${service} has no address yet: ${error.reason}. Check the connector's settings.`
    return { class: 'configuration', code: 'missing_address', message }
  }
  if (!(error instanceof CartlyError)) throw error
  if (error.kind === 'not_found' || error.kind === 'forbidden') {
    const message = `${service} was not asked: the connector has no credentials. Enter them, or connect the account again.`
    return { class: 'configuration', code: 'credentials_missing', message }
  }
  if (forMerchant.has(error.code)) {
    return { class: 'configuration', code: error.code, message: `${service} was not asked: ${error.message}` }
  }
  const message = `${service} was not asked: the connector's credentials could not be fetched just now. It is on our side; try again.`
  return { class: 'transient', code: error.code, message }
}
