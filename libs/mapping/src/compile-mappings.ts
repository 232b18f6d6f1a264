import { compileMapping } from './compile.ts'
import type { CompiledMapping } from './compiled-mapping.ts'
import type { JsonSchema } from './schema-kinds.ts'
import { MappingError } from './error.ts'
import { readRule } from './rule.ts'
import { compileJsonata, jsonataOf } from './jsonata/compile-jsonata.ts'

/** A mapping that others may apply by its name. */
export interface NamedRules {
  readonly rules: unknown
  /** Where the rules stand in the document they come from; errors point from there. */
  readonly pointer: string
  /** What it reads, where that is known. */
  readonly input?: JsonSchema
  /** What it must give, as far as its rules tell. */
  readonly output?: JsonSchema
}

/** Compiles a mapping of either kind: of rules, or JSONata as a whole. @throws MappingError */
export function compileRules(
  { rules, pointer, input, output }: NamedRules,
  mappings: ReadonlyMap<string, CompiledMapping> = new Map(),
): CompiledMapping {
  const expression = jsonataOf(rules)
  readRule(rules, pointer)
  return expression === undefined
    ? compileMapping(rules, { roots: { input }, mappings, pointer, ...(output ? { output } : {}) })
    : compileJsonata(expression, pointer)
}

/**
 * Compiles mappings that may apply one another, each before those that apply it.
 * @param wanted the names to compile, with what they apply; all unless said
 * @param refuse is given what is wrong with one of them, each once; unless it throws, that one gives nothing
 */
export function compileMappings(
  named: Readonly<Record<string, NamedRules>>,
  refuse: (error: MappingError) => void,
  wanted: readonly string[] = Object.keys(named),
): ReadonlyMap<string, CompiledMapping> {
  const compiled = new Map<string, CompiledMapping>()
  const waiting = new Set<string>()
  const compile = (name: string): void => {
    if (compiled.has(name) || !Object.hasOwn(named, name)) return
    const one = named[name]!
    if (waiting.has(name)) {
      refuse(new MappingError('cycle', one.pointer, `"${name}" applies itself`))
      compiled.set(name, NOTHING)
      return
    }
    waiting.add(name)
    appliedBy(one.rules).forEach(compile)
    waiting.delete(name)
    if (!compiled.has(name)) compiled.set(name, compiledOr(refuse, one, compiled))
  }
  wanted.forEach(compile)
  return compiled
}

/** Stands in for a mapping that is wrong, so that those that apply it are still checked. */
const NOTHING = compileMapping(null)

function compiledOr(
  refuse: (error: MappingError) => void,
  one: NamedRules,
  mappings: ReadonlyMap<string, CompiledMapping>,
): CompiledMapping {
  try {
    return compileRules(one, mappings)
  } catch (error) {
    if (!(error instanceof MappingError)) throw error
    refuse(error)
    return NOTHING
  }
}

/** Names of the mappings that a rule applies, wherever in it. */
export function appliedBy(rule: unknown): string[] {
  if (typeof rule !== 'object' || rule === null) return []
  return Object.entries(rule).flatMap(([key, value]) =>
    key === '$apply' && typeof value?.mapping === 'string'
      ? [value.mapping as string, ...appliedBy(value)]
      : appliedBy(value),
  )
}
