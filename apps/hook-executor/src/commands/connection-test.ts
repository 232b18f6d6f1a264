import { CartlyError, newId, TEST_HOOK, type RequestOf, type ResponseOf, type executor } from '@cartly/contracts'
import { MappingError } from '@cartly/mapping'
import { runTest, systemClock, type HttpPort } from '@cartly/request-chain'
import type { CompiledTemplate } from '@cartly/templates'
import type { CompiledTemplates } from '../connectors/compiled-templates.ts'
import type { ConnectorIndex } from '../connectors/connector-index.ts'
import type { Credentials } from '../connectors/credentials.ts'
import type { Connector } from '../domain/connector.ts'
import type { Activity } from '../execution/activity.ts'
import { endingOf, failed, type Outcome } from '../execution/execution.ts'
import { recordedExecution } from '../execution/recorded-execution.ts'

export interface ConnectionTestOptions {
  readonly index: ConnectorIndex
  readonly templates: CompiledTemplates
  readonly credentials: Credentials
  readonly http: HttpPort
  readonly activity: Activity
}

type TestRequest = RequestOf<typeof executor.test>
type TestResult = ResponseOf<typeof executor.test>
type Tried = { readonly result: TestResult; readonly outcome: Outcome }

const KNOWN_WITHIN_MS = 2_000
const TEST_MS = 15_000

/** Tries a connection with the credentials and the configuration of this moment, and records it with the executions. */
export class ConnectionTest {
  readonly #options: ConnectionTestOptions

  constructor(options: ConnectionTestOptions) {
    this.#options = options
  }

  /**
   * @throws CartlyError `not_found`; `unavailable` when the caller's last change does not arrive here
   */
  async run({ storeId, connectorId, afterSequence }: TestRequest, callDeadlineAt: number): Promise<TestResult> {
    const { index, templates, activity } = this.#options
    if (!(await index.passed(afterSequence, KNOWN_WITHIN_MS))) {
      throw new CartlyError('unavailable', 'index_behind', 'The latest change is not known here yet; try again', {
        retryAfterMs: 1_000,
      })
    }
    const connector = await index.get(storeId, connectorId)
    const template = templates.of(connector)
    const startedAt = Date.now()
    const deadlineAt = Math.min(callDeadlineAt - 500, startedAt + TEST_MS)
    const { result, outcome } = await this.#try(connector, template, deadlineAt)
    const about = { id: newId('exec', startedAt), hook: { name: TEST_HOOK }, trigger: 'test', input: {} } as const
    void activity.publish(recordedExecution({ ...about, connector, startedAt, deadlineAt }, endingOf(outcome)))
    return result
  }

  async #try(connector: Connector, template: CompiledTemplate, deadlineAt: number): Promise<Tried> {
    const { credentials, http } = this.#options
    const { auth, name } = template.definition
    const startedAt = Date.now()
    // A credential that was entered a moment ago is what is to be tested.
    credentials.forget(connector)
    try {
      const borrowed = await credentials.borrow(connector, auth, 'test of the connection', deadlineAt)
      return await runTest(template.test, {
        settings: connector.settings,
        connection: connector.connection,
        baseUrl: template.baseUrl(connector),
        auth,
        credentials: borrowed.values,
        onUnauthorized: () => borrowed.renew(deadlineAt),
        http,
        clock: systemClock,
        random: Math.random,
        deadlineAt,
      })
    } catch (error) {
      const missing = whatIsMissing(name, error)
      if (!missing) throw error
      const { check, code, message } = missing
      const checks = [{ name: check, ok: false, detail: message }]
      const result = { ok: false, latencyMs: Date.now() - startedAt, checks, error: { code, message } }
      return { result, outcome: failed({ class: 'configuration', code, message }) }
    }
  }
}

function whatIsMissing(service: string, error: unknown): { check: string; code: string; message: string } | undefined {
  if (error instanceof MappingError) {
    const message = `${service} has no address yet: ${error.reason}. Check the connector's settings.`
    return { check: 'address', code: 'missing_address', message }
  }
  if (error instanceof CartlyError && error.kind === 'not_found') {
    const message = `The connector has no credentials for ${service}. Enter them, or connect the account, and test again.`
    return { check: 'credentials', code: 'credentials_missing', message }
  }
  if (error instanceof CartlyError && error.kind === 'conflict') {
    return { check: 'credentials', code: error.code, message: error.message }
  }
  return undefined
}
