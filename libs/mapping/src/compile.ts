import { Compilation, type Rooms } from './compilation.ts'
import type { CompiledMapping, Scope } from './compiled-mapping.ts'
import { checkAgainstSchema } from './check-output.ts'
import { MappingError } from './error.ts'
import { checkOutputSize } from './output-size.ts'
import { defaultLimits, Run, type Limits } from './run.ts'
import { kindOfSchema, type JsonSchema } from './schema-kinds.ts'

export interface CompileOptions {
  /**
   * The names a path may start from, with the schema of each where it is known; reading what a closed schema does not
   * have is an error. `{ input: undefined }` unless said.
   */
  readonly roots?: Readonly<Record<string, JsonSchema | undefined>>
  /** Mappings that `$apply` may name. */
  readonly mappings?: ReadonlyMap<string, CompiledMapping>
  /** What the output must fit, as far as the mapping itself tells. */
  readonly output?: JsonSchema
  readonly limits?: Partial<Limits>
  /** The pointer of the mapping in the document it comes from; errors point from there. */
  readonly pointer?: string
}

/**
 * Checks a mapping and compiles it to closures: no text is ever evaluated as code.
 * @throws MappingError with the place of the first rule that is wrong
 */
export function compileMapping(mapping: unknown, options: CompileOptions = {}): CompiledMapping {
  const roots = options.roots ?? { input: undefined }
  const names = Object.keys(roots)
  const limits = { ...defaultLimits, ...options.limits }
  const rooms: Rooms = { roots, mappings: options.mappings ?? new Map() }
  const compilation = new Compilation(rooms)
  const pointer = options.pointer ?? ''
  const { evaluate, kind } = compilation.compile(mapping, pointer)
  if (options.output) checkAgainstSchema(mapping, options.output, pointer, compilation.kinds)

  const begin = (scope: Scope): Run => {
    const slots: unknown[] = []
    for (const name of names) slots.push(scope[name])
    return new Run(slots, limits.work)
  }
  const finish = (run: Run): unknown => {
    const output = evaluate(run)
    checkOutputSize(output, limits)
    return output
  }
  const { references, rules, later } = compilation
  return {
    references,
    input: roots['input'],
    gives: kind === 'any' ? kindOfSchema(options.output) : kind,
    output: options.output,
    rules,
    later: later.length > 0,
    run(scope) {
      if (later.length > 0) throw new MappingError('expression_failed', pointer, 'this mapping has to be waited for')
      return finish(begin(scope))
    },
    async runLater(scope) {
      const run = begin(scope)
      for (const { slot, mapping: other, input } of later) {
        run.slots[slot] = await other.runLater({ input: input(run) })
      }
      return finish(run)
    },
  }
}
