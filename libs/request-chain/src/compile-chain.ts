import { compileSchema } from '@cartly/contracts'
import {
  compileMapping,
  fits,
  MappingError,
  spoken,
  type CompiledMapping,
  type JsonSchema,
  type Wanted,
} from '@cartly/mapping'
import { compileErrors } from './compile-errors.ts'
import {
  compileExpectation,
  compileRequest,
  isRead,
  neverHolds,
  type Report,
  type RequestContext,
} from './compile-request.ts'
import { checkKey, compileReconcile, repeatOf } from './compile-idempotency.ts'
import { compilePagination } from './compile-pagination.ts'
import type { CompiledChain, CompiledStep } from './compiled-chain.ts'
import { DefinitionError, type DefinitionIssue } from './definition-error.ts'
import type { AuthSpec } from './definition/auth.ts'
import type { ErrorReading } from './definition/errors.ts'
import { HookDefinition } from './definition/hook.ts'
import { forChecking } from './definition/rule.ts'
import type { StepDefinition } from './definition/step.ts'
import { findCycle } from './graph.ts'
import { closed, readableInput, resolveSchema } from './hook-schemas.ts'
import { stepsSchema } from './step-schema.ts'
import { pathsRead, rulesOf } from './step-input.ts'

export const DEFAULT_HOOK_DEADLINE_MS = 3_000

/** What a hook is compiled against. */
export interface ChainContext {
  /** The service's name, for people: "Shippo". */
  readonly service: string
  /** The template's mappings with the connector's own in their place. */
  readonly mappings?: ReadonlyMap<string, CompiledMapping>
  /** The template's way to read errors, asked after the step's and the hook's. */
  readonly errors?: ErrorReading
  /** Schema of the settings; reading one it does not have is an error. */
  readonly settings?: JsonSchema
  /** How the service is shown who asks; what that sets, no request may set. */
  readonly auth?: AuthSpec
  /** Names of what the authorization captures (`connection.realmId`). */
  readonly connection?: readonly string[]
  /** Pointer of the hook in its document. */
  readonly pointer?: string
}

const hookShape = compileSchema(forChecking(HookDefinition))

/**
 * Checks a hook and compiles it.
 * @throws DefinitionError with every issue and its place: shape, unknown references, wrong types, cycles, steps that
 * can never run or that nothing needs
 */
export function compileChain(hook: unknown, context: ChainContext): CompiledChain {
  const pointer = context.pointer ?? ''
  const misshapen = hookShape.errors(hook)
  if (misshapen.length > 0) {
    throw new DefinitionError(
      misshapen.map((error) => ({ code: 'bad_shape', pointer: pointer + error.pointer, message: error.message })),
    )
  }
  return new ChainCompilation(hook as HookDefinition, context, pointer).compile()
}

class ChainCompilation {
  readonly #hook: HookDefinition
  readonly #context: ChainContext
  readonly #pointer: string
  readonly #issues: DefinitionIssue[] = []
  /** Steps that each step reads from, gathered while its rules are compiled. */
  readonly #reads = new Map<string, Set<string>>()
  readonly #base: Record<string, JsonSchema | undefined>
  readonly #ids: readonly string[]

  constructor(hook: HookDefinition, context: ChainContext, pointer: string) {
    this.#hook = hook
    this.#context = context
    this.#pointer = pointer
    this.#ids = hook.steps.map(({ id }) => id)
    this.#base = {
      input: readableInput(hook, pointer, this.#report),
      settings: context.settings,
      connection: closed(context.connection ?? []),
      event: closed(['id', 'type', 'time', 'storeId']),
      execution: closed(['id', 'key', 'at']),
    }
  }

  compile(): CompiledChain {
    const { input: read, settings, event } = this.#base
    const input = resolveSchema(this.#hook.input, `${this.#pointer}/input`, this.#report)
    const output = resolveSchema(this.#hook.output, `${this.#pointer}/output`, this.#report)
    const steps = this.#hook.steps.map((step, index) => this.#step(step, `${this.#pointer}/steps/${index}`))
    const named = { ...this.#base, steps: stepsSchema(this.#hook.steps) }
    const needed = new Set<string>()
    const result = this.#rule(this.#hook.result, `${this.#pointer}/result`, named, needed, output)
    const optional = (rule: unknown, name: string, roots: Roots, schema?: JsonSchema): CompiledMapping | undefined =>
      rule === undefined ? undefined : this.#rule(rule, `${this.#pointer}/${name}`, roots, new Set(), schema)
    const when = optional(this.#hook.when, 'when', { input: read, settings, event }, { type: 'boolean' })
    if (when && neverHolds(when)) this.#report('unreachable', `${this.#pointer}/when`, 'the hook never runs')
    const backup = optional(this.#hook.backup, 'backup', { input: read, settings }, output)
    this.#checkGraph(steps, needed)
    const durable = steps.some(({ repeat }) => repeat !== 'safe')
    if (durable && this.#hook.cache) {
      this.#report('bad_cache', `${this.#pointer}/cache`, 'a hook that must not be done twice has no answers to keep')
    }
    if (this.#issues.length > 0) throw new DefinitionError(this.#issues)

    return {
      service: this.#context.service,
      steps,
      when,
      result,
      backup,
      deadlineMs: this.#hook.deadlineMs ?? DEFAULT_HOOK_DEADLINE_MS,
      durable,
      input,
      output,
    }
  }

  #step(step: StepDefinition, pointer: string): CompiledStep {
    const reads = new Set<string>()
    this.#reads.set(step.id, reads)
    if (this.#ids.indexOf(step.id) !== this.#ids.lastIndexOf(step.id)) {
      this.#report('duplicate_step', `${pointer}/id`, `there is more than one step "${step.id}"`)
    }
    const others = this.#hook.steps.filter(({ id }) => id !== step.id)
    const before: Roots = { ...this.#base, steps: stepsSchema(others) }
    const as = step.forEach?.as ?? 'item'
    if (step.forEach && (as in before || as === 'response' || as === 'items')) {
      this.#report('bad_name', `${pointer}/forEach/as`, `"${as}" already has a meaning`)
    }
    const during: Roots = step.forEach ? { ...before, [as]: undefined } : before
    const after: Roots = { ...during, response: closed(['status', 'headers', 'body']) }

    const contextIn = (roots: Roots): RequestContext => ({
      compile: (rule, at, wanted) => this.#rule(rule, at, roots, reads, undefined, wanted),
      report: this.#report,
      auth: this.#context.auth,
    })
    const optional = (roots: Roots, rule: unknown, name: string, wanted?: Wanted): CompiledMapping | undefined =>
      rule === undefined ? undefined : this.#rule(rule, `${pointer}/${name}`, roots, reads, undefined, wanted)

    const compiled = {
      id: step.id,
      writes: !isRead(step.request.method),
      repeat: repeatOf(step.request.method, step.idempotency),
      when: optional(before, step.when, 'when', 'truth'),
      forEach: step.forEach && {
        definition: step.forEach,
        list: this.#rule(step.forEach.in, `${pointer}/forEach/in`, before, reads, { type: 'array' }),
        as,
      },
      request: compileRequest(step.request, `${pointer}/request`, contextIn(during)),
      expect: compileExpectation(step.expect, `${pointer}/expect`, contextIn(after)),
      errors: compileErrors(
        [
          { reading: step.errors, pointer: `${pointer}/errors` },
          { reading: this.#hook.errors, pointer: `${this.#pointer}/errors` },
          { reading: this.#context.errors, pointer: '/errors' },
        ],
        contextIn(after).compile,
        this.#report,
      ),
      retry: step.retry,
      timeoutMs: step.timeoutMs,
      paginate: compilePagination(step, pointer, contextIn(after)),
      idempotency: step.idempotency,
      reconcile: compileReconcile(step.idempotency, `${pointer}/idempotency`, contextIn(during), contextIn(after)),
      output: optional(step.paginate ? { ...during, items: undefined } : after, step.output, 'output'),
    }
    checkKey(step, pointer, contextIn(during))
    for (const [index, id] of (step.after ?? []).entries()) {
      if (!this.#ids.includes(id)) this.#report('unknown_step', `${pointer}/after/${index}`, `there is no step "${id}"`)
      else reads.add(id)
    }
    if (compiled.when && neverHolds(compiled.when)) {
      this.#report('unreachable', `${pointer}/when`, `"${step.id}" never runs`)
    }
    const { when, forEach, request } = compiled
    return { ...compiled, dependsOn: [...reads], reads: pathsRead([when, forEach?.list, ...rulesOf(request)]) }
  }

  #checkGraph(steps: readonly CompiledStep[], needed: Set<string>): void {
    const graph = new Map(steps.map(({ id, dependsOn }) => [id, dependsOn]))
    const cycle = findCycle(graph)
    if (cycle) {
      const at = this.#ids.indexOf(cycle[0]!)
      this.#report('cycle', `${this.#pointer}/steps/${at}`, `steps wait for each other: ${cycle.join(' → ')}`)
      return
    }
    for (const step of steps) for (const id of step.dependsOn) needed.add(id)
    steps.forEach(({ id, writes, expect }, index) => {
      if (writes || needed.has(id) || expect.where) return
      this.#report('unused_step', `${this.#pointer}/steps/${index}`, `nothing needs what "${id}" reads`)
    })
  }

  #rule(
    rule: unknown,
    pointer: string,
    roots: Roots,
    reads: Set<string>,
    output?: JsonSchema,
    wanted: Wanted = 'any',
  ): CompiledMapping {
    try {
      const mappings = this.#context.mappings
      const compiled = compileMapping(rule, {
        roots,
        pointer,
        ...(mappings ? { mappings } : {}),
        ...(output ? { output } : {}),
      })
      if (compiled.later && !MAY_WAIT.test(pointer)) {
        this.#report('bad_place', pointer, 'a JSONata mapping may be applied in a body, an output or the result only')
      }
      if (!fits(compiled.gives, wanted)) {
        const message = `this gives ${spoken(compiled.gives)}, and ${spoken(wanted)} is needed`
        this.#report('wrong_type', pointer, message)
      }
      for (const { root, segments, pointer: at } of compiled.references) {
        const [id, name] = segments
        if (root === 'response' && id === 'headers' && String(name) !== String(name).toLowerCase()) {
          this.#report(
            'unknown_name',
            at,
            `headers are named in lower case: response.headers.${String(name).toLowerCase()}`,
          )
        }
        if (root !== 'steps') continue
        if (typeof id === 'string') reads.add(id)
        else this.#report('bad_path', pointer, 'say which step: steps.<id>')
      }
      return compiled
    } catch (error) {
      if (!(error instanceof MappingError)) throw error
      this.#report(error.code, error.pointer, error.reason)
      return nothing
    }
  }

  readonly #report: Report = (code, pointer, message) => {
    if (!this.#issues.some((issue) => issue.pointer === pointer && issue.message === message)) {
      this.#issues.push({ code, pointer, message })
    }
  }
}

type Roots = Readonly<Record<string, JsonSchema | undefined>>

/** Stands in for a rule that does not compile, so that the others are still checked. */
const nothing: CompiledMapping = {
  run: () => true,
  runLater: async () => undefined,
  later: false,
  references: [],
  gives: 'any',
  rules: 0,
}

/** Where a rule stands that may wait for a mapping evaluated elsewhere: bodies, outputs, results. */
const MAY_WAIT = /\/(body|output|result)$/
