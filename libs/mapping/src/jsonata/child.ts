/**
 * The process that evaluates JSONata: it has no environment, no files but its own, little memory, and is killed when it
 * takes too long. The limits set here stop what JSONata itself can stop; the parent stops the rest.
 */
import jsonata from 'jsonata'
import { MAX_DATA_CHARS, type Answer, type Question } from './protocol.ts'

const GUARDRAILS = {
  timeout: 100,
  stack: 200,
  sequence: 10_000,
  RegexEngine: RefusedRegExp as unknown as RegExpConstructor,
}
const MAX_PADDING = 10_000
const MAX_KEPT = 200

const compiled = new Map<string, jsonata.Expression>()

process.on('message', (question: Question) => {
  answer(question).then((reply) => process.send?.(reply))
})

async function answer({ expression, input }: Question): Promise<Answer> {
  try {
    const output = JSON.stringify(await compile(expression).evaluate(input))
    if (output !== undefined && output.length > MAX_DATA_CHARS) {
      return { error: `what it gives is longer than ${MAX_DATA_CHARS} characters` }
    }
    return { output }
  } catch (error) {
    return { error: describe(error) }
  }
}

function compile(text: string): jsonata.Expression {
  const known = compiled.get(text)
  if (known) return known
  const expression = jsonata(text, GUARDRAILS)
  expression.registerFunction('eval', () => refuse('$eval is not available'))
  expression.registerFunction('pad', pad, '<s-ns?:s>')
  if (compiled.size >= MAX_KEPT) compiled.delete(compiled.keys().next().value ?? '')
  compiled.set(text, expression)
  return expression
}

/** As JSONata's own: a negative width pads on the left. Its own takes any width, and the process with it. */
function pad(text: string | undefined, width: number, fill = ' '): string | undefined {
  if (text === undefined) return undefined
  if (Math.abs(width) > MAX_PADDING) return refuse(`$pad fills up to ${MAX_PADDING} characters`)
  return width < 0 ? text.padStart(-width, fill || ' ') : text.padEnd(width, fill || ' ')
}

function RefusedRegExp(): never {
  return refuse('regular expressions are not available')
}

function refuse(reason: string): never {
  throw new Error(reason)
}

function describe(error: unknown): string {
  const { message, position } = error as { message?: string; position?: number }
  const text = String(message ?? error).slice(0, 500)
  return position === undefined ? text : `${text} (character ${position})`
}
