import {
  compileChain,
  runChain,
  type ChainContext,
  type ChainResult,
  type Clock,
  type HookDefinition,
  type HttpPort,
  type HttpRequest,
  type RunOptions,
} from '../index.ts'

/** Time that passes only when something waits for it. */
export function manualClock(): Clock & { advance(ms: number): void } {
  let now = Date.parse('2026-11-24T00:00:00Z')
  return {
    now: () => now,
    advance: (ms) => void (now += ms),
    sleep: async (ms) => void (now += ms),
  }
}

/** What the service says, or how it fails to. */
export type Answer =
  | { status?: number; body?: unknown; headers?: Record<string, string> }
  | { code: string; sent: boolean }

/** A service that answers each request by a function of it, and keeps what it was asked. */
export function service(answer: (request: HttpRequest, count: number) => Answer): HttpPort & { asked: HttpRequest[] } {
  const asked: HttpRequest[] = []
  return {
    asked,
    send: async (request) => {
      asked.push(request)
      const given = answer(request, asked.length)
      if ('code' in given) throw { ...given, message: `${given.code} at the service` }
      const { status = 200, body, headers = {} } = given
      const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
      return { status, headers: { 'content-type': 'application/json', ...headers }, body: Buffer.from(text) }
    },
  }
}

/** A hook of these steps. */
export const hookOf = (steps: unknown[], rest: Partial<HookDefinition> = {}) => ({
  description: 'A hook',
  steps,
  result: { done: true },
  ...rest,
})

/** Runs a hook of the service Acme, whose key is `acme_secret_key`, under a deadline of three seconds. */
export const run = (
  hook: unknown,
  http: HttpPort,
  options: Partial<RunOptions> = {},
  context: Partial<ChainContext> = {},
): Promise<ChainResult> => {
  const clock = options.clock ?? manualClock()
  return runChain(compileChain(hook, { service: 'Acme', ...context }), {
    input: {},
    execution: { id: 'exec_1', key: 'key_1' },
    baseUrl: 'https://api.acme.test/v1/',
    auth: { type: 'api_key', in: 'header', name: 'Authorization', prefix: 'Token ' },
    credentials: { apiKey: 'acme_secret_key' },
    http,
    clock,
    random: () => 0,
    deadlineAt: clock.now() + 3_000,
    ...options,
  })
}

/** Why the chain failed. @throws Error when it did not */
export const failure = (result: ChainResult) => {
  if (result.status !== 'failed') throw new Error(`the chain ${result.status}`)
  return result.error
}
