import { compileSchema } from '@cartly/contracts'
import { compileMapping, MappingError, type CompiledMapping, type JsonSchema } from '@cartly/mapping'
import { compileErrors } from './compile-errors.ts'
import { compileExpectation, compileRequest, isRead, type Report } from './compile-request.ts'
import type { CompiledChain, CompiledPagination, CompiledReconcile, CompiledStep } from './compiled-chain.ts'
import { DefinitionError, type DefinitionIssue } from './definition-error.ts'
import type { ErrorReading } from './definition/errors.ts'
import { HookDefinition } from './definition/hook.ts'
import { forChecking } from './definition/rule.ts'
import type { Idempotency, StepDefinition } from './definition/step.ts'
import { findCycle } from './graph.ts'
import { closed, readableInput, resolveSchema } from './hook-schemas.ts'
import type { Repeat } from './recorder.ts'
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
    const named = { ...this.#base, steps: closed(this.#ids) }
    const needed = new Set<string>()
    const result = this.#rule(this.#hook.result, `${this.#pointer}/result`, named, needed, output)
    const optional = (rule: unknown, name: string, roots: Roots, fits?: JsonSchema): CompiledMapping | undefined =>
      rule === undefined ? undefined : this.#rule(rule, `${this.#pointer}/${name}`, roots, new Set(), fits)
    const when = optional(this.#hook.when, 'when', { input: read, settings, event })
    const backup = optional(this.#hook.backup, 'backup', { input: read, settings }, output)
    this.#checkGraph(steps, needed)
    if (this.#issues.length > 0) throw new DefinitionError(this.#issues)

    return {
      service: this.#context.service,
      steps,
      when,
      result,
      backup,
      deadlineMs: this.#hook.deadlineMs ?? DEFAULT_HOOK_DEADLINE_MS,
      durable: steps.some(({ repeat }) => repeat !== 'safe'),
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
    const others = closed(this.#ids.filter((id) => id !== step.id))
    const before: Roots = { ...this.#base, steps: others }
    const as = step.forEach?.as ?? 'item'
    if (step.forEach && as in before) this.#report('bad_name', `${pointer}/forEach/as`, `"${as}" already has a meaning`)
    const during: Roots = step.forEach ? { ...before, [as]: undefined } : before
    const after: Roots = { ...during, response: closed(['status', 'headers', 'body']) }

    const compileIn = (roots: Roots) => (rule: unknown, at: string) => this.#rule(rule, at, roots, reads)
    const optional = (roots: Roots, rule: unknown, name: string): CompiledMapping | undefined =>
      rule === undefined ? undefined : this.#rule(rule, `${pointer}/${name}`, roots, reads)

    const compiled = {
      id: step.id,
      writes: !isRead(step.request.method),
      repeat: repeatOf(step.request.method, step.idempotency),
      when: optional(before, step.when, 'when'),
      forEach: step.forEach && {
        definition: step.forEach,
        list: this.#rule(step.forEach.in, `${pointer}/forEach/in`, before, reads, { type: 'array' }),
        as,
      },
      request: compileRequest(step.request, `${pointer}/request`, compileIn(during), this.#report),
      expect: compileExpectation(step.expect, `${pointer}/expect`, compileIn(after)),
      errors: compileErrors(
        [
          { reading: step.errors, pointer: `${pointer}/errors` },
          { reading: this.#hook.errors, pointer: `${this.#pointer}/errors` },
          { reading: this.#context.errors, pointer: '/errors' },
        ],
        compileIn(after),
      ),
      retry: step.retry,
      timeoutMs: step.timeoutMs,
      paginate: this.#pagination(step, pointer, compileIn(after)),
      idempotency: step.idempotency,
      reconcile: this.#reconcile(step.idempotency, `${pointer}/idempotency`, compileIn(during), compileIn(after)),
      output: optional(step.paginate ? { ...during, items: undefined } : after, step.output, 'output'),
    }
    for (const [index, id] of (step.after ?? []).entries()) {
      if (!this.#ids.includes(id)) this.#report('unknown_step', `${pointer}/after/${index}`, `there is no step "${id}"`)
      else reads.add(id)
    }
    if (step.when === false) this.#report('unreachable', `${pointer}/when`, `"${step.id}" never runs`)
    const { when, forEach, request } = compiled
    return { ...compiled, dependsOn: [...reads], reads: pathsRead([when, forEach?.list, ...rulesOf(request)]) }
  }

  #pagination(
    { paginate, request }: StepDefinition,
    pointer: string,
    compile: (rule: unknown, at: string) => CompiledMapping,
  ): CompiledPagination | undefined {
    if (!paginate) return undefined
    if (!isRead(request.method)) {
      this.#report('bad_pagination', `${pointer}/paginate`, 'only a reading request can be paged through')
    }
    return {
      definition: paginate,
      items: compile(paginate.items, `${pointer}/paginate/items`),
      next: 'next' in paginate ? compile(paginate.next, `${pointer}/paginate/next`) : undefined,
    }
  }

  #reconcile(
    idempotency: Idempotency | undefined,
    pointer: string,
    during: (rule: unknown, at: string) => CompiledMapping,
    after: (rule: unknown, at: string) => CompiledMapping,
  ): CompiledReconcile | undefined {
    if (idempotency?.by !== 'reconcile') return undefined
    if (!isRead(idempotency.request.method)) {
      this.#report('bad_reconcile', `${pointer}/request/method`, 'finding out must not change anything: GET or HEAD')
    }
    return {
      request: compileRequest(idempotency.request, `${pointer}/request`, during, this.#report),
      found: after(idempotency.found, `${pointer}/found`),
      absent: idempotency.absent === undefined ? undefined : after(idempotency.absent, `${pointer}/absent`),
      settleMs: idempotency.settleMs ?? 0,
      output: idempotency.output === undefined ? undefined : after(idempotency.output, `${pointer}/output`),
    }
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

  #rule(rule: unknown, pointer: string, roots: Roots, reads: Set<string>, output?: JsonSchema): CompiledMapping {
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
      for (const { root, segments } of compiled.references) {
        if (root !== 'steps') continue
        const [id] = segments
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
  run: () => undefined,
  runLater: async () => undefined,
  later: false,
  references: [],
  rules: 0,
}

/** Where a rule stands that may wait for a mapping evaluated elsewhere: bodies, outputs, results. */
const MAY_WAIT = /\/(body|output|result)$/

function repeatOf(method: string, idempotency: Idempotency | undefined): Repeat {
  if (isRead(method) || idempotency?.by === 'natural' || idempotency?.by === 'key') return 'safe'
  return idempotency?.by === 'reconcile' ? 'reconcile' : 'never'
}
