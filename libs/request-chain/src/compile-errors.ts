import type { CompiledMapping } from '@cartly/mapping'
import type { CompileRule, Report } from './compile-request.ts'
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
  compile: CompileRule,
  report: Report,
): CompiledErrors {
  const codes: CompiledMapping[] = []
  const messages: CompiledMapping[] = []
  const rules: CompiledErrorRule[] = []
  for (const { reading, pointer } of readings) {
    if (!reading) continue
    if (reading.code !== undefined) codes.push(compile(reading.code, `${pointer}/code`, 'scalar'))
    for (const [at, rule] of alternatives(reading.message)) {
      messages.push(compile(rule, `${pointer}/message${at}`, 'scalar'))
    }
    for (const [index, rule] of (reading.rules ?? []).entries()) {
      const at = `${pointer}/rules/${index}`
      const where = rule.where === undefined ? undefined : compile(rule.where, `${at}/where`, 'truth')
      rules.push({ rule, where })
      if (index > 0 && fitsAll(reading.rules![index - 1]!)) {
        report('unreachable', at, 'the rule before this one fits every failure')
      }
      if (rule.code !== undefined && readings.every((one) => one.reading?.code === undefined)) {
        report('missing', `${at}/code`, 'nothing says where the code is: give "code" beside "rules"')
      }
    }
  }
  return {
    codes,
    messages,
    rules,
    retryAfter: readings.find(({ reading }) => reading?.retryAfter)?.reading?.retryAfter,
  }
}

const fitsAll = ({ status, code, where }: ErrorRule): boolean =>
  status === undefined && code === undefined && where === undefined

/** The rules of `message`, each with its place below it. */
function alternatives(message: unknown): [at: string, rule: unknown][] {
  if (message === undefined) return []
  return Array.isArray(message) ? message.map((rule, index) => [`/${index}`, rule]) : [['', message]]
}
