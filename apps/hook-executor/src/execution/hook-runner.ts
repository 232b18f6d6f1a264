import { CartlyError } from '@cartly/contracts'
import { MappingError } from '@cartly/mapping'
import { runChain, systemClock, type HttpPort, type Recorded, type Recorder } from '@cartly/request-chain'
import type { CompiledTemplate } from '@cartly/templates'
import { withSpan } from '@cartly/telemetry'
import type { CompiledTemplates } from '../connectors/compiled-templates.ts'
import type { BorrowedCredentials, Credentials } from '../connectors/credentials.ts'
import type { Connector } from '../domain/connector.ts'
import { failed, type Execution, type Failure, type Outcome } from './execution.ts'

export interface HookRunnerOptions {
  readonly templates: CompiledTemplates
  readonly credentials: Credentials
  readonly http: HttpPort
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
      const outcome = await this.#run(execution, durability)
      span.setAttribute('cartly.outcome', outcome.status)
      if (outcome.status === 'failed') span.setAttribute('error.type', outcome.error.code)
      return outcome
    })
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
      http: this.#options.http,
      clock: systemClock,
      random: Math.random,
      deadlineAt,
      ...durability,
    })
    if (result.status !== 'failed') return result
    const { class: errorClass, code, message, retryAfterMs } = result.error
    const error = { class: errorClass, code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
    return { status: 'failed', error, steps: result.steps }
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
      const credentials = await within(deadlineAt, this.#options.credentials.borrow(connector, definition.auth, reason))
      return { baseUrl, credentials }
    } catch (error) {
      return { failure: whyNotAsked(definition.name, error) }
    }
  }
}

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
  const message = `${service} was not asked: the connector's credentials could not be fetched just now. It is on our side; try again.`
  return { class: 'transient', code: error.code, message }
}
