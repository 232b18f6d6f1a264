import type { Completion, CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete'
import { syntaxTree } from '@codemirror/language'
import type { JsonSchema } from '../integrations/use-service.ts'
import { pathTo } from './range-at.ts'
import { schemasAt } from './schemas-at.ts'

/** Completes names of properties, and values that are one of few, where the schema has them. */
export function completeFromSchema(schema: JsonSchema): CompletionSource {
  return (context: CompletionContext): CompletionResult | null => {
    const node = syntaxTree(context.state).resolveInner(context.pos, -1)
    const naming = node.name === 'PropertyName' || node.name === 'Object' || node.name === '{'
    const typed = context.matchBefore(/"?[\w$.-]*/)
    if (!typed || (typed.from === typed.to && !context.explicit)) return null
    const path = pathTo(context.state, node)
    if (node.name === 'PropertyName') path.pop()
    const here = schemasAt(schema, path)
    const options = here.flatMap(naming ? namesOf : valuesOf)
    const distinct = [...new Map(options.map((option) => [option.label, option])).values()]
    return distinct.length > 0 ? { from: typed.from, options: distinct, validFor: /^"?[\w$.-]*$/ } : null
  }
}

const namesOf = ({ properties = {} }: JsonSchema): Completion[] =>
  Object.entries(properties).map(([name, { description, title }]) => ({
    label: JSON.stringify(name),
    apply: `${JSON.stringify(name)}: `,
    type: name.startsWith('$') ? 'function' : 'property',
    detail: description ?? title ?? '',
  }))

const valuesOf = ({ enum: allowed, type }: JsonSchema): Completion[] =>
  (allowed ?? (type === 'boolean' ? [true, false] : [])).map((value) => ({
    label: JSON.stringify(value),
    type: 'constant',
  }))
