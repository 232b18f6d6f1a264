/**
 * An example that shows what a mapping reads: each path of its rules, filled with its own name. Rules are data, so this
 * needs no knowledge of the functions between them.
 */
export function exampleOf(rules: unknown): unknown {
  const example: Record<string, unknown> = {}
  for (const path of pathsIn(rules)) {
    const [root, ...parts] = path.split('.')
    if (root === 'input' && parts.length > 0) put(example, parts)
  }
  return example
}

function pathsIn(rule: unknown): string[] {
  if (typeof rule !== 'object' || rule === null) return []
  if (Array.isArray(rule)) return rule.flatMap(pathsIn)
  return Object.entries(rule).flatMap(([name, inner]) =>
    name === '$' && typeof inner === 'string' ? [inner] : pathsIn(inner),
  )
}

function put(target: Record<string, unknown>, [name, ...rest]: readonly string[]): void {
  if (name === undefined) return
  if (rest.length === 0) {
    target[name] ??= name
    return
  }
  if (typeof target[name] !== 'object') target[name] = {}
  put(target[name] as Record<string, unknown>, rest)
}
