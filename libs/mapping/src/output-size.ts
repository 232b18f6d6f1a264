import { MappingError } from './error.ts'
import type { Limits } from './run.ts'

/**
 * Refuses an output that is too large or too deep. A mapping may repeat a part of its input any number of times without
 * copying it, so size is counted on what would be written out, and the count stops at the limit.
 */
export function checkOutputSize(output: unknown, limits: Limits): void {
  let nodes = 0
  let chars = 0
  const walk = (value: unknown, depth: number): void => {
    if (++nodes > limits.outputNodes) throw tooLarge(`large: more than ${limits.outputNodes} values`)
    if (typeof value === 'string') {
      chars += value.length
      if (chars > limits.outputChars) throw tooLarge(`large: more than ${limits.outputChars} characters`)
      return
    }
    if (typeof value !== 'object' || value === null) return
    if (depth === limits.outputDepth) throw tooLarge(`deep: more than ${limits.outputDepth} levels`)
    if (Array.isArray(value)) {
      for (const item of value) walk(item, depth + 1)
      return
    }
    for (const key in value) {
      chars += key.length
      walk((value as Record<string, unknown>)[key], depth + 1)
    }
  }
  walk(output, 0)
}

const tooLarge = (what: string): MappingError => new MappingError('output_too_large', '', `the output is too ${what}`)
