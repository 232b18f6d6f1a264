import type { CompiledMapping } from '@cartly/mapping'
import type { ErrorReading, ErrorRule } from './definition/errors.ts'

export interface CompiledErrorRule {
  readonly rule: ErrorRule
  readonly where: CompiledMapping | undefined
}

/** How a step's failures read: its own reading first, then the hook's, then the template's. */
export interface CompiledErrors {
  readonly codes: readonly CompiledMapping[]
  readonly messages: readonly CompiledMapping[]
  readonly rules: readonly CompiledErrorRule[]
  readonly retryAfter: ErrorReading['retryAfter']
}

export function compileErrors(
  readings: readonly { readonly reading: ErrorReading | undefined; readonly pointer: string }[],
  compile: (rule: unknown, pointer: string) => CompiledMapping,
): CompiledErrors {
  const codes: CompiledMapping[] = []
  const messages: CompiledMapping[] = []
  const rules: CompiledErrorRule[] = []
  for (const { reading, pointer } of readings) {
    if (!reading) continue
    if (reading.code !== undefined) codes.push(compile(reading.code, `${pointer}/code`))
    for (const [at, rule] of alternatives(reading.message)) messages.push(compile(rule, `${pointer}/message${at}`))
    reading.rules?.forEach((rule, index) => {
      const where = rule.where === undefined ? undefined : compile(rule.where, `${pointer}/rules/${index}/where`)
      rules.push({ rule, where })
    })
  }
  return {
    codes,
    messages,
    rules,
    retryAfter: readings.find(({ reading }) => reading?.retryAfter)?.reading?.retryAfter,
  }
}

/** The rules of `message`, each with its place below it. */
function alternatives(message: unknown): [at: string, rule: unknown][] {
  if (message === undefined) return []
  return Array.isArray(message) ? message.map((rule, index) => [`/${index}`, rule]) : [['', message]]
}
