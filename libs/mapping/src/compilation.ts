import { checkArgument } from './check-argument.ts'
import type { CompiledMapping, Reference } from './compiled-mapping.ts'
import { MappingError } from './error.ts'
import { SINGLE, type Argument, type Arguments } from './function.ts'
import { functions } from './functions/index.ts'
import { below, isObject } from './json.ts'
import { fits, spoken, type ValueKind } from './kinds.ts'
import { isForbiddenKey, parsePath, type PathSegment } from './path.ts'
import { readRule } from './rule.ts'
import { defaultLimits, Run, type Evaluate, type Place } from './run.ts'
import { itemSchema, kindOfSchema, kindOfValue, memberSchema, type JsonSchema } from './schema-kinds.ts'

const MAX_RULES = 5_000
const MAX_DEPTH = 64

/** What a mapping may name. */
export interface Rooms {
  readonly roots: Readonly<Record<string, JsonSchema | undefined>>
  readonly mappings: ReadonlyMap<string, CompiledMapping>
}

/** The argument of `$apply`, which was checked. */
interface Applied {
  readonly mapping: string
}

/** A compiled rule with what is known of its value. */
interface Compiled {
  readonly evaluate: Evaluate
  readonly kind: ValueKind
  readonly schema?: JsonSchema
}

interface Variable {
  readonly slot: number
  readonly schema: JsonSchema | undefined
}

/** The compilation of one mapping: walks its rules once, and gathers what they read. */
export class Compilation {
  readonly references: Reference[] = []
  /** What is known of each rule's value, by its pointer. */
  readonly kinds = new Map<string, ValueKind>()
  rules = 0
  /** How many values it reads, of roots and of variables. */
  #reads = 0
  /** What must be evaluated elsewhere before the mapping itself, in order. */
  readonly later: { readonly slot: number; readonly mapping: CompiledMapping; readonly input: Evaluate }[] = []

  readonly #rooms: Rooms
  readonly #scope = new Map<string, Variable>()
  readonly #loops: number[] = []
  #slots: number
  #depth = 0

  constructor(rooms: Rooms) {
    this.#rooms = rooms
    const roots = Object.entries(rooms.roots)
    roots.forEach(([name, schema], slot) => this.#scope.set(name, { slot, schema }))
    this.#slots = roots.length
  }

  compile(node: unknown, pointer: string): Compiled {
    if (++this.rules > MAX_RULES) throw new MappingError('too_large', pointer, `more than ${MAX_RULES} rules`)
    if (++this.#depth > MAX_DEPTH) throw new MappingError('too_deep', pointer, `nested more than ${MAX_DEPTH} deep`)
    const compiled = this.#compileRule(node, pointer)
    this.#depth--
    this.kinds.set(pointer, compiled.kind)
    return compiled
  }

  #compileRule(node: unknown, pointer: string): Compiled {
    const rule = readRule(node, pointer)
    switch (rule.kind) {
      case 'literal':
        return { evaluate: () => rule.value, kind: kindOfValue(rule.value) }
      case 'list':
        return { evaluate: this.#list(rule.items, pointer), kind: 'list' }
      case 'target':
        return { evaluate: this.#target(rule.entries, pointer), kind: 'object' }
      case 'call':
        return rule.name === '$'
          ? this.#path(rule.argument, below(pointer, '$'))
          : this.#call(rule.name, rule.argument, below(pointer, rule.name))
    }
  }

  #list(items: readonly unknown[], pointer: string): Evaluate {
    const rules = items.map((item, index) => this.compile(item, below(pointer, index)).evaluate)
    return (run) => rules.map((rule) => rule(run)).filter((value) => value !== undefined)
  }

  /** An object whose members are rules. Absent members are left out; when all of them are, so is the object. */
  #target(entries: readonly (readonly [string, unknown])[], pointer: string): Evaluate {
    const keys: string[] = []
    const rules: Evaluate[] = []
    for (const [key, node] of entries) {
      if (isForbiddenKey(key))
        throw new MappingError('forbidden_key', below(pointer, key), `"${key}" may not be written`)
      keys.push(key)
      rules.push(this.compile(node, below(pointer, key)).evaluate)
    }
    if (keys.length === 0) return () => ({})
    return (run) => {
      let written: Record<string, unknown> | undefined
      for (let index = 0; index < keys.length; index++) {
        const value = rules[index]!(run)
        if (value !== undefined) (written ??= {})[keys[index]!] = value
      }
      return written
    }
  }

  #path(argument: unknown, pointer: string): Compiled {
    if (typeof argument !== 'string') throw new MappingError('bad_argument', pointer, 'a path is text')
    const path = parsePath(argument, pointer)
    const variable = this.#scope.get(path.root)
    if (!variable) {
      const known = [...this.#scope.keys()].join(', ')
      throw new MappingError('unknown_name', pointer, `there is no "${path.root}" here; there is ${known}`)
    }
    this.#reads++
    if (path.root in this.#rooms.roots) this.references.push({ ...path, pointer })
    const schema = schemaAt(variable.schema, argument, path.segments, pointer)
    const evaluate = walk(variable.slot, path.segments)
    return schema ? { evaluate, kind: kindOfSchema(schema), schema } : { evaluate, kind: 'any' }
  }

  #call(name: string, argument: unknown, pointer: string): Compiled {
    const called = functions.get(name)
    if (!called) throw new MappingError('unknown_function', pointer, `there is no function ${name}${nearest(name)}`)
    checkArgument(name, called.argument, argument, pointer)
    const [reads, later] = [this.#reads, this.later.length]
    const evaluate = called.build(this.#arguments(called.argument, argument, pointer))
    // What reads nothing gives the same each time: where it fails, it fails here.
    if (this.#reads === reads && this.later.length === later) evaluate(new Run([], defaultLimits.work))
    if (name === '$apply') return { evaluate, ...this.#applied(argument as Applied, pointer) }
    const kindOf = (field: string): ValueKind =>
      this.kinds.get(this.#fieldPointer(called.argument, field, pointer)) ?? 'any'
    return { evaluate, kind: typeof called.gives === 'function' ? called.gives(kindOf) : called.gives }
  }

  /** What a named mapping gives is known from it; what it is given must be what it takes. */
  #applied({ mapping }: Applied, pointer: string): Omit<Compiled, 'evaluate'> {
    const { input, gives, output } = this.#rooms.mappings.get(mapping)!
    const [given, wanted] = [this.kinds.get(below(pointer, 'to')) ?? 'any', kindOfSchema(input)]
    if (!fits(given, wanted)) {
      const reason = `this is ${spoken(given)}, and "${mapping}" takes ${spoken(wanted)}`
      throw new MappingError('wrong_type', below(pointer, 'to'), reason)
    }
    return { kind: gives, ...(output ? { schema: output } : {}) }
  }

  #fieldPointer(argument: Argument, field: string, pointer: string): string {
    return 'single' in argument ? pointer : below(pointer, field)
  }

  #arguments(declared: Argument, given: unknown, pointer: string): Arguments {
    const loops = [...this.#loops]
    const fields = 'single' in declared ? { [SINGLE]: declared.single } : declared.fields
    const values = 'single' in declared ? { [SINGLE]: given } : (given as Record<string, unknown>)
    const pointerOf = (field: string): string => this.#fieldPointer(declared, field, pointer)
    const has = (field: string): boolean => Object.hasOwn(values, field)
    const bad = (field: string, reason: string): MappingError =>
      new MappingError('bad_argument', pointerOf(field), reason)
    const expectKind = (field: string, kind: ValueKind, at = pointerOf(field)): void => {
      const wanted = fields[field]?.wants
      if (wanted && !fits(kind, wanted)) {
        throw new MappingError('wrong_type', at, `this is ${spoken(kind)}, and ${spoken(wanted)} is needed`)
      }
    }
    const rule = (field: string): Compiled => {
      const compiled = this.compile(values[field], pointerOf(field))
      expectKind(field, compiled.kind)
      return compiled
    }
    let list: JsonSchema | undefined

    return {
      place: { pointer, loops },
      at: (field): Place => ({ pointer: pointerOf(field), loops }),
      has,
      rule: (field) => {
        const compiled = rule(field)
        list = compiled.schema
        return compiled.evaluate
      },
      rules: (field) => {
        const nodes = values[field]
        if (!Array.isArray(nodes) || nodes.length === 0) throw bad(field, 'a list of values is needed')
        return nodes.map((node, index) => {
          const at = below(pointerOf(field), index)
          const compiled = this.compile(node, at)
          expectKind(field, compiled.kind, at)
          return compiled.evaluate
        })
      },
      body: (field, variable) => {
        const slot = this.#slots++
        const hidden = this.#scope.get(variable)
        if (hidden) throw bad(field, `"${variable}" already has a meaning here; say "as" with another name`)
        this.#scope.set(variable, { slot, schema: itemSchema(list) })
        this.#loops.push(slot)
        const before = this.rules
        const { evaluate } = rule(field)
        this.#loops.pop()
        this.#scope.delete(variable)
        return { evaluate, slot, cost: this.rules - before }
      },
      later: (mapping, input) => {
        if (loops.length > 0) {
          throw new MappingError(
            'bad_argument',
            pointer,
            'a JSONata mapping cannot be applied item by item; apply it to the list',
          )
        }
        const slot = this.#slots++
        this.later.push({ slot, mapping, input })
        return slot
      },
      choice: (field, fallback) => (has(field) ? (values[field] as typeof fallback) : fallback),
      integer: (field, fallback) => (has(field) ? (values[field] as number) : fallback),
      name: (field) => (has(field) ? String(values[field]) : 'item'),
      json: (field) => values[field],
      mapping: (field) => {
        const found = this.#rooms.mappings.get(String(values[field]))
        if (found) return found
        const known = [...this.#rooms.mappings.keys()].join(', ') || 'none'
        throw new MappingError(
          'unknown_name',
          pointerOf(field),
          `there is no mapping "${values[field]}"; there is ${known}`,
        )
      },
    }
  }
}

/** Follows a path through own members only, so nothing of an object's prototype is ever reached. Null is absent. */
function walk(slot: number, segments: readonly PathSegment[]): Evaluate {
  const length = segments.length
  return (run) => {
    let value = run.slots[slot]
    for (let index = 0; index < length; index++) {
      if (typeof value !== 'object' || value === null) return undefined
      const segment = segments[index]!
      if (!Object.hasOwn(value, segment) || (Array.isArray(value) && typeof segment === 'string')) return undefined
      value = (value as Record<PathSegment, unknown>)[segment]
    }
    return value ?? undefined
  }
}

function schemaAt(
  root: JsonSchema | undefined,
  path: string,
  segments: readonly PathSegment[],
  pointer: string,
): JsonSchema | undefined {
  let schema = root
  for (const segment of segments) {
    const member = memberSchema(schema, segment)
    if (member === 'unknown') {
      const known = isObject(schema?.['properties']) ? Object.keys(schema['properties']).join(', ') : ''
      throw new MappingError(
        'unknown_name',
        pointer,
        `"${path}": there is no "${segment}"; there is ${known || 'nothing'}`,
      )
    }
    schema = member
  }
  return schema
}

const nearest = (name: string): string => {
  const close = [...functions.keys()].find(
    (known) => known.toLowerCase() === name.toLowerCase() || known.startsWith(name),
  )
  return close ? `; there is ${close}` : ''
}
