import type { TestResult } from '@cartly/contracts'
import { compileChain, type ChainContext } from './compile-chain.ts'
import type { CompiledChain } from './compiled-chain.ts'
import { DefinitionError } from './definition-error.ts'
import type { TestConnectionDefinition } from './definition/hook.ts'
import type { ChainResult } from './chain-result.ts'
import { runChain, type RunOptions } from './run-chain.ts'

export type CompiledTest = { readonly chain: CompiledChain }

/**
 * Compiles a template's test connection.
 * @throws DefinitionError
 */
export function compileTest(definition: TestConnectionDefinition, context: ChainContext): CompiledTest {
  const { detail, request, expect, errors, timeoutMs } = definition
  if (!TESTING.has(request.method)) {
    const pointer = `${context.pointer ?? ''}/request/method`
    throw new DefinitionError([{ code: 'bad_request', pointer, message: 'a test changes nothing: GET, HEAD or POST' }])
  }
  const step = {
    id: 'test',
    request,
    expect,
    idempotency: { by: 'natural', because: 'it only asks who is there' },
    ...(errors ? { errors } : {}),
    ...(timeoutMs ? { timeoutMs } : {}),
    ...(detail === undefined ? {} : { output: { detail } }),
  }
  const hook = {
    description: 'Tests the connection',
    input: { type: 'object', additionalProperties: false },
    steps: [step],
    result: { detail: { $: 'steps.test.detail' } },
  }
  try {
    return { chain: compileChain(hook, context) }
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error
    throw new DefinitionError(error.issues.map((issue) => ({ ...issue, pointer: ownPlace(issue.pointer) })))
  }
}

const TESTING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST'])

/** The place in the test's own definition: it is compiled as the one step of a hook. */
const ownPlace = (pointer: string): string =>
  pointer.replace('/steps/0/output/detail', '/detail').replace('/steps/0/', '/')

/** A test that was made: what it says, and the one step that it took. */
export interface TestRun {
  readonly result: TestResult
  readonly outcome: ChainResult
}

/** Tests a connection, and says of each thing that must hold whether it does. */
export async function runTest(
  { chain }: CompiledTest,
  options: Omit<RunOptions, 'input' | 'execution' | 'recorder' | 'recorded'>,
): Promise<TestRun> {
  const startedAt = options.clock.now()
  const outcome = await runChain(chain, { ...options, input: {}, execution: { id: 'test', key: 'test' } })
  const latencyMs = options.clock.now() - startedAt
  const attempt = outcome.steps[0]?.attempts.at(-1)
  const status = attempt?.response?.status
  const { service } = chain
  const checks: TestResult['checks'] = []
  const check = (name: string, ok: boolean, detail: string): void => void checks.push({ name, ok, detail })

  if (status !== undefined) {
    check('reachable', true, `${service} answered ${status} in ${Math.round(attempt?.durationMs ?? 0)} ms.`)
  }
  if (outcome.status === 'failed') {
    const { class: errorClass, message } = outcome.error
    // What an answer other than a refusal says of the credentials is not known.
    const place = errorClass === 'configuration' ? 'credentials' : 'answer'
    const failed = attempt === undefined ? 'setup' : status === undefined ? 'reachable' : place
    check(failed, false, message)
  } else {
    check('credentials', true, `${service} accepts the credentials.`)
    check('answer', true, detailOf(outcome) ?? 'The answer is what it should be.')
  }
  if (outcome.status !== 'failed') return { result: { ok: true, latencyMs, checks }, outcome }
  const { code, message } = outcome.error
  return { result: { ok: false, latencyMs, checks, error: { code, message } }, outcome }
}

function detailOf(outcome: ChainResult): string | undefined {
  const output = outcome.status === 'succeeded' ? (outcome.output as { detail?: unknown }) : {}
  return typeof output.detail === 'string' ? output.detail : undefined
}
