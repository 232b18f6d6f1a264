import type { ErrorClass } from '@cartly/contracts'
import { MappingError, type CompiledMapping } from '@cartly/mapping'
import type { Scope } from './build-request.ts'
import type { ChainFailure } from './chain-result.ts'
import type { CompiledErrorRule, CompiledErrors } from './compile-errors.ts'
import type { CompiledExpectation } from './compiled-chain.ts'
import type { ErrorRule } from './definition/errors.ts'
import type { HttpError } from './http-port.ts'
import type { ReadResponse } from './read-response.ts'
import { retryAfterMs } from './retry-after.ts'

/** The request whose failure is being judged. */
export interface Asked {
  readonly service: string
  readonly step: string
  readonly errors: CompiledErrors
  /** Whether doing it twice does no harm. */
  readonly repeatable: boolean
  readonly now: number
}

/** Whether a response is what the step expects. */
export function isExpected(expect: CompiledExpectation, response: ReadResponse, scope: Scope): boolean {
  const { status } = response
  const admitted = expect.status ? expect.status.has(status) : status >= 200 && status < 300
  return admitted && (expect.where === undefined || expect.where.run(scope) === true)
}

/** Judges a response that is not what was expected: the template's rules first, then what HTTP itself says. */
export function judgeResponse(asked: Asked, response: ReadResponse, scope: Scope): ChainFailure {
  const { service, step, errors } = asked
  const { status } = response
  const code = firstText(errors.codes, scope)
  const said = firstText(errors.messages, scope)
  const rule = errors.rules.find((candidate) => applies(candidate, status, code, scope))?.rule
  const found = rule?.class ?? classOfStatus(status, asked.repeatable)
  // A repeatable request may be sent again whether it was done or not.
  const errorClass = found === 'unknown' && asked.repeatable ? 'transient' : found
  const wait = retryAfterMs(response.headers, errors.retryAfter, asked.now)
  const words = [
    `${service} answered ${status} to "${step}"${said ? `: ${withoutStop(said)}` : ''}`,
    ...meaning(rule, errorClass, status),
  ]
  return {
    class: errorClass,
    code: code ?? `http_${status}`,
    message: sentences(words),
    step,
    status,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  }
}

/** Judges a request that got no answer. */
export function judgeSilence({ service, step, repeatable }: Asked, error: HttpError): ChainFailure {
  const configured = CONFIGURATION_CODES.has(error.code)
  const errorClass: ErrorClass = configured ? 'configuration' : error.sent && !repeatable ? 'unknown' : 'transient'
  const words = [
    `${service} gave no answer to "${step}": ${withoutStop(error.message)}`,
    ...meaning(undefined, errorClass),
  ]
  return { class: errorClass, code: error.code, message: sentences(words), step }
}

/** Failures to connect that repeating does not mend. */
const CONFIGURATION_CODES = new Set(['blocked_address', 'invalid_url', 'dns_not_found', 'tls_invalid'])

const TRANSIENT_STATUS = new Set([408, 425, 429, 503])
const CONFIGURATION_STATUS = new Set([401, 402, 403])

function classOfStatus(status: number, repeatable: boolean): ErrorClass {
  if (TRANSIENT_STATUS.has(status)) return 'transient'
  if (CONFIGURATION_STATUS.has(status)) return 'configuration'
  // The service failed in the middle of it, or something between it and us did: it may have been done.
  if (status >= 500) return repeatable ? 'transient' : 'unknown'
  return status >= 300 && status < 400 ? 'configuration' : 'permanent'
}

const defaultWords: Readonly<Record<ErrorClass, readonly [means: string, fix: string]>> = {
  transient: ['It is busy or out of order, and did not do it', 'Try again later'],
  configuration: [
    'The connector is not set up as the service needs it',
    "Check the connector's credentials and settings",
  ],
  permanent: ['It refuses this input', 'Correct the input; sending the same again will not help'],
  unknown: ['It is not known whether it was done', "Look at the service's own console before doing it again"],
}

function meaning(rule: ErrorRule | undefined, errorClass: ErrorClass, status = 0): string[] {
  const [means, fix] = wordsFor(errorClass, status)
  return [rule?.means ?? means, rule?.fix ?? fix]
}

function wordsFor(errorClass: ErrorClass, status: number): readonly [means: string, fix: string] {
  const [means, fix] = defaultWords[errorClass]
  if (status === 429) return ['It got too many requests in too short a time', fix]
  const isSuccess = status >= 200 && status < 300
  return isSuccess && errorClass === 'permanent'
    ? ['That is not the answer that was expected', 'Look at the answer']
    : [means, fix]
}

const withoutStop = (text: string): string => text.trim().replace(/[.\s]+$/, '')
const sentences = (words: readonly string[]): string => words.map((word) => `${withoutStop(word)}.`).join(' ')

function applies({ rule, where }: CompiledErrorRule, status: number, code: string | undefined, scope: Scope): boolean {
  return (
    (rule.status === undefined || listed(rule.status).some((wanted) => statusFits(wanted, status))) &&
    (rule.code === undefined || (code !== undefined && listed(rule.code).some((wanted) => codeFits(wanted, code)))) &&
    (where === undefined || attempt(where, scope) === true)
  )
}

const listed = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value])

const statusFits = (wanted: number | string, status: number): boolean =>
  typeof wanted === 'number' ? wanted === status : wanted[0] === String(status)[0]

const codeFits = (wanted: string, code: string): boolean =>
  wanted.endsWith('*') ? code.startsWith(wanted.slice(0, -1)) : wanted === code

function firstText(rules: readonly CompiledMapping[], scope: Scope): string | undefined {
  for (const rule of rules) {
    const value = attempt(rule, scope)
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') return String(value).slice(0, 1_000)
  }
  return undefined
}

/** A rule that reads an error must not make another one of it: what it cannot read is absent. */
function attempt(rule: CompiledMapping, scope: Scope): unknown {
  try {
    return rule.run(scope)
  } catch (error) {
    if (error instanceof MappingError) return undefined
    throw error
  }
}
