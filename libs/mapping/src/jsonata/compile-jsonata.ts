import jsonata from 'jsonata'
import type { CompiledMapping } from '../compiled-mapping.ts'
import { MappingError } from '../error.ts'
import { isObject } from '../json.ts'
import { createJsonataPool, type JsonataPool } from './pool.ts'
import { MAX_EXPRESSION_CHARS } from './protocol.ts'

/** The expression of a mapping that is JSONata as a whole, `{ $jsonata: "…" }`; `undefined` for any other. */
export function jsonataOf(rules: unknown): unknown {
  return isObject(rules) && Object.hasOwn(rules, '$jsonata') ? rules['$jsonata'] : undefined
}

/**
 * A JSONata expression as a mapping from `input`. It is parsed here and evaluated in the pool only.
 * @throws MappingError when it is not JSONata
 */
export function compileJsonata(
  expression: unknown,
  pointer: string,
  pool: JsonataPool = sharedPool(),
): CompiledMapping {
  const at = `${pointer}/$jsonata`
  if (typeof expression !== 'string') throw new MappingError('bad_argument', at, 'a JSONata expression is text')
  if (expression.length > MAX_EXPRESSION_CHARS) {
    throw new MappingError('too_large', at, `a JSONata expression has at most ${MAX_EXPRESSION_CHARS} characters`)
  }
  const refused = refusedIn(parse(expression, at))
  if (refused) throw new MappingError('bad_argument', at, refused)
  return {
    references: [],
    gives: 'any',
    rules: 1,
    later: true,
    run() {
      throw new MappingError('expression_failed', at, 'this mapping has to be waited for')
    },
    async runLater({ input }) {
      try {
        return await pool.evaluate(expression, input)
      } catch (error) {
        if (!(error instanceof MappingError)) throw error
        throw new MappingError(error.code, at, error.reason)
      }
    },
  }
}

function parse(expression: string, at: string): unknown {
  try {
    return jsonata(expression).ast()
  } catch (error) {
    const { message, position } = error as { message?: string; position?: number }
    throw new MappingError('bad_argument', at, `this is no JSONata: ${message} (character ${position ?? 0})`)
  }
}

interface SyntaxNode {
  readonly type?: string
  readonly value?: unknown
  readonly position?: number
}

/** What an expression has in it that the pool refuses to run, wherever it stands, and however deep. */
function refusedIn(syntax: unknown): string | undefined {
  const seen = new Set<unknown>()
  for (const left = [syntax]; left.length > 0;) {
    const node = left.pop()
    if (typeof node !== 'object' || node === null || seen.has(node)) continue
    seen.add(node)
    const { type, value, position = 0 } = node as SyntaxNode
    if (type === 'regex') return `regular expressions are not available (character ${position})`
    if (type === 'variable' && value === 'eval') return `$eval is not available (character ${position})`
    left.push(...Object.values(node))
  }
  return undefined
}

let shared: JsonataPool | undefined

/** The pool of this process; it begins no child before the first expression, and keeps no process alive. */
const sharedPool = (): JsonataPool => (shared ??= createJsonataPool())
