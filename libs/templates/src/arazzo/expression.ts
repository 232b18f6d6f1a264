/** What a rule is in Arazzo: a constant or runtime expression, or nothing that Arazzo can say. */
export type ArazzoValue = { readonly value: unknown } | undefined

/** A rule as an Arazzo 1.0.1 value; only constants and plain paths have one. */
export function arazzoValue(rule: unknown): ArazzoValue {
  if (typeof rule !== 'object' || rule === null) return { value: rule }
  if (Array.isArray(rule)) {
    const items = rule.map(arazzoValue)
    return items.every((item) => item !== undefined) ? { value: items.map((item) => item!.value) } : undefined
  }
  const entries = Object.entries(rule)
  const [first] = entries
  if (first?.[0] === '$' && typeof first[1] === 'string') return pathValue(first[1])
  if (first?.[0].startsWith('$')) return undefined
  const members = entries.map(([key, member]) => [key, arazzoValue(member)] as const)
  if (members.some(([, member]) => member === undefined)) return undefined
  return { value: Object.fromEntries(members.map(([key, member]) => [key, member!.value])) }
}

function pathValue(path: string): ArazzoValue {
  const [root = '', ...rest] = path.replaceAll(/\[(\d+)\]/g, '.$1').split('.')
  if (path.includes('"')) return undefined
  switch (root) {
    case 'response':
      return responseValue(rest)
    case 'steps': {
      const [step, output] = rest
      return step && output && rest.length === 2 ? { value: `$steps.${step}.outputs.${output}` } : undefined
    }
    case 'input':
    case 'settings':
    case 'connection':
    case 'event':
      return { value: `$inputs.${[root, ...rest].join('.')}` }
    default:
      return undefined
  }
}

function responseValue([part, ...rest]: readonly string[]): ArazzoValue {
  if (part === 'status' && rest.length === 0) return { value: '$statusCode' }
  if (part === 'headers' && rest.length === 1) return { value: `$response.header.${rest[0]}` }
  if (part !== 'body') return undefined
  return { value: rest.length === 0 ? '$response.body' : `$response.body#/${rest.join('/')}` }
}

/** A predicate as Arazzo criteria that must all hold; `undefined` when Arazzo cannot say it. */
export function arazzoCriteria(rule: unknown): string[] | undefined {
  if (typeof rule !== 'object' || rule === null) return undefined
  const [[name, argument] = []] = Object.entries(rule)
  if (name === '$and' && Array.isArray(argument)) {
    const all = argument.map(arazzoCriteria)
    return all.every((one) => one !== undefined) ? all.flatMap((one) => one!) : undefined
  }
  if (name === '$present') {
    const value = arazzoValue(argument)
    return typeof value?.value === 'string' ? [`${value.value} != null`] : undefined
  }
  if (name === '$equals' && Array.isArray(argument) && argument.length === 2) {
    const [left, right] = argument.map(operand)
    return left && right ? [`${left} == ${right}`] : undefined
  }
  return undefined
}

function operand(rule: unknown): string | undefined {
  if (typeof rule === 'string') return `'${rule.replaceAll("'", "''")}'`
  if (typeof rule !== 'object') return String(rule)
  const value = arazzoValue(rule)
  return typeof value?.value === 'string' ? value.value : undefined
}
