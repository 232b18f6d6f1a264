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
  try {
    jsonata(expression)
  } catch (error) {
    const { message, position } = error as { message?: string; position?: number }
    throw new MappingError('bad_argument', at, `this is no JSONata: ${message} (character ${position ?? 0})`)
  }
  return {
    references: [],
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

let shared: JsonataPool | undefined

/** The pool of this process; it begins no child before the first expression, and keeps no process alive. */
const sharedPool = (): JsonataPool => (shared ??= createJsonataPool())
