import type { TestResult } from '@cartly/contracts'
import { compileChain, type ChainContext } from './compile-chain.ts'
import type { CompiledChain } from './compiled-chain.ts'
import type { TestConnectionDefinition } from './definition/hook.ts'
import { runChain, type RunOptions } from './run-chain.ts'

export type CompiledTest = { readonly chain: CompiledChain }

/**
 * Compiles a template's test connection.
 * @throws DefinitionError
 */
export function compileTest(definition: TestConnectionDefinition, context: ChainContext): CompiledTest {
  const { detail, request, expect, errors, timeoutMs } = definition
  const step = {
    id: 'test',
    request,
    expect,
    idempotency: { by: 'natural', because: 'it only asks who is there' },
    ...(errors ? { errors } : {}),
    ...(timeoutMs ? { timeoutMs } : {}),
    ...(detail === undefined ? {} : { output: { detail } }),
  }
  const hook = { description: 'Tests the connection', steps: [step], result: { detail: { $: 'steps.test.detail' } } }
  return { chain: compileChain(hook, context) }
}

/** Tests a connection, and says of each thing that must hold whether it does. */
export async function runTest(
  { chain }: CompiledTest,
  options: Omit<RunOptions, 'input' | 'execution' | 'recorder' | 'recorded'>,
): Promise<TestResult> {
  const startedAt = options.clock.now()
  const result = await runChain(chain, { ...options, input: {}, execution: { id: 'test', key: 'test' } })
  const latencyMs = options.clock.now() - startedAt
  const attempt = result.steps[0]?.attempts.at(-1)
  const status = attempt?.response?.status
  const service = chain.service
  const checks: TestResult['checks'] = []

  checks.push(
    status === undefined
      ? {
          name: 'reachable',
          ok: false,
          detail: result.status === 'failed' ? result.error.message : 'It was not asked.',
        }
      : {
          name: 'reachable',
          ok: true,
          detail: `${service} answered ${status} in ${Math.round(attempt?.durationMs ?? 0)} ms.`,
        },
  )
  if (status !== undefined) {
    const refused =
      status === 401 || status === 403 || (result.status === 'failed' && result.error.class === 'configuration')
    checks.push(
      refused && result.status === 'failed'
        ? { name: 'credentials', ok: false, detail: result.error.message }
        : { name: 'credentials', ok: true, detail: `${service} accepts the credentials.` },
    )
    if (!refused) {
      checks.push(
        result.status === 'failed'
          ? { name: 'answer', ok: false, detail: result.error.message }
          : { name: 'answer', ok: true, detail: detailOf(result) ?? 'The answer is what it should be.' },
      )
    }
  }
  if (result.status !== 'failed') return { ok: true, latencyMs, checks }
  return { ok: false, latencyMs, checks, error: { code: result.error.code, message: result.error.message } }
}

function detailOf(result: Awaited<ReturnType<typeof runChain>>): string | undefined {
  const output = result.status === 'succeeded' ? (result.output as { detail?: unknown }) : {}
  return typeof output.detail === 'string' ? output.detail : undefined
}
