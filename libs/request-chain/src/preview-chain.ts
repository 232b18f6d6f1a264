import type { ChainFailure } from './chain-result.ts'
import type { CompiledChain } from './compiled-chain.ts'
import type { HttpPort, HttpResponse } from './http-port.ts'
import { runChain, type RunOptions } from './run-chain.ts'
import { systemClock } from './system-clock.ts'

/** Nothing is waited for in a preview; this only bounds it. */
const PREVIEW_MS = 10_000

/** An answer to pretend. `status` is 200 unless said. */
export interface CannedResponse {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export interface PreviewOptions extends Omit<
  RunOptions,
  'http' | 'recorder' | 'recorded' | 'onUnauthorized' | 'clock' | 'random' | 'deadlineAt'
> {
  /** Answers by step; a list answers the step's requests one after the other. */
  readonly responses?: Readonly<Record<string, CannedResponse | readonly CannedResponse[]>>
}

export interface PreviewedRequest {
  readonly step: string
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

export interface Preview {
  /** What would be sent, credentials redacted, as far as the pretended answers lead. */
  readonly requests: readonly PreviewedRequest[]
  readonly output?: unknown
  readonly error?: ChainFailure
}

/** Runs a chain against pretended answers: nothing is sent. It goes on as far as there are answers. */
export async function previewChain(chain: CompiledChain, options: PreviewOptions): Promise<Preview> {
  const pending = new Map(
    Object.entries(options.responses ?? {}).map(([step, given]) => [step, Array.isArray(given) ? [...given] : [given]]),
  )
  const requests: PreviewedRequest[] = []
  const once = { ...chain, steps: chain.steps.map((step) => ({ ...step, retry: undefined })) }
  const result = await runChain(once, {
    ...options,
    random: () => 0,
    clock: systemClock,
    deadlineAt: systemClock.now() + PREVIEW_MS,
    http: pretend((step) => pending.get(step)?.shift()),
  })
  for (const { id, attempts } of result.steps) {
    for (const { request } of attempts) {
      const { body, ...rest } = request
      requests.push({ step: id, ...rest, ...(body === undefined ? {} : { body: body.content }) })
    }
  }
  if (result.status === 'failed') return { requests, error: inWords(result.error) }
  return result.status === 'succeeded' ? { requests, output: result.output } : { requests }
}

/** What is missing is missing in the preview, not at the service. */
const inWords = (error: ChainFailure): ChainFailure =>
  error.code === 'no_response_given'
    ? { ...error, message: `The preview ends at "${error.step}": give a response for it to see what follows.` }
    : error

function pretend(answer: (step: string) => CannedResponse | undefined): HttpPort {
  return {
    send: async ({ step }): Promise<HttpResponse> => {
      const canned = answer(step)
      if (!canned) {
        throw { code: 'no_response_given', message: `the preview was given no response for this step`, sent: false }
      }
      const text =
        canned.body === undefined ? '' : typeof canned.body === 'string' ? canned.body : JSON.stringify(canned.body)
      return {
        status: canned.status ?? 200,
        headers: { 'content-type': 'application/json', ...canned.headers },
        body: Buffer.from(text),
      }
    },
  }
}
