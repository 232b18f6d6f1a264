/** A place in the example: names of members, and 0 for the one item that each list has. */
type Place = readonly (string | 0)[]

/** What each variable of the rules stands for. */
type Scope = Readonly<Record<string, Place>>

type Arguments = Readonly<Record<string, unknown>>

/** What a function takes in each of its arguments, where a text such as the member's own name would not do. */
const fitting: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  $length: { of: 10, from: 'cm', to: 'cm' },
  $weight: { of: 500, from: 'g', to: 'g' },
  $minor: { of: '12.50', currency: 'USD' },
  $decimal: { of: 1250, currency: 'USD' },
  $number: { of: '12' },
  $round: { of: 12.5 },
  $sum: { of: 1 },
  $multiply: { of: 2 },
  $date: { of: '2026-01-31T12:00:00Z' },
}

/** Functions that go through a list, calling each of its items by a name. */
const overLists = new Set(['$each', '$filter', '$sort'])

/**
 * An example that shows what a mapping reads: each member that its rules name, with a value that the function around it
 * can take, and one item in each list.
 */
export function exampleOf(rules: unknown): unknown {
  const example: { input: unknown } = { input: {} }
  read(rules, { input: ['input'] }, undefined, (place, value) => put(example, place, value))
  return example.input
}

type Put = (place: Place, value: unknown) => void

/** Reads a rule; `value` is what fits where it stands. */
function read(rule: unknown, scope: Scope, value: unknown, putAt: Put): void {
  if (Array.isArray(rule)) return rule.forEach((part) => read(part, scope, value, putAt))
  if (typeof rule !== 'object' || rule === null) return
  for (const [name, inner] of Object.entries(rule)) {
    if (name === '$') readPath(String(inner), scope, value, putAt)
    else if (overLists.has(name)) readList(inner as Arguments, scope, putAt)
    else if (name === '$enum') readEnum(inner as Arguments, scope, putAt)
    else if (name in fitting) readCall(name, inner, scope, putAt)
    else if (name.startsWith('$')) read(isPlain(inner) ? Object.values(inner) : inner, scope, value, putAt)
    else read(inner, scope, undefined, putAt)
  }
}

function readPath(path: string, scope: Scope, value: unknown, putAt: Put): void {
  const place = placeOf(path, scope)
  if (place && place.length > 1) putAt(place, value)
}

function readList({ in: list, as = 'item', ...rest }: Arguments, scope: Scope, putAt: Put): void {
  const place = pathOf(list) && placeOf(pathOf(list) as string, scope)
  if (!place) return read(list, scope, undefined, putAt)
  const item = [...place, 0] as const
  read(rest, { ...scope, [String(as)]: item }, undefined, putAt)
}

function readEnum({ of, table = {}, ...rest }: Arguments, scope: Scope, putAt: Put): void {
  read(of, scope, Object.keys(table as object)[0], putAt)
  read(rest, scope, undefined, putAt)
}

/** A function's arguments, by name; one that stands alone is its `of`. */
function readCall(name: string, inner: unknown, scope: Scope, putAt: Put): void {
  const fits = fitting[name] ?? {}
  const named = typeof inner === 'object' && inner !== null && 'of' in inner
  for (const [argument, rule] of Object.entries(named ? inner : { of: inner })) {
    read(rule, scope, fits[argument], putAt)
  }
}

/** Whether it is an object of named arguments, rather than a rule. */
const isPlain = (inner: unknown): inner is object =>
  typeof inner === 'object' && inner !== null && Object.keys(inner).every((name) => !name.startsWith('$'))

const pathOf = (rule: unknown): string | undefined =>
  typeof rule === 'object' && rule !== null && '$' in rule ? String(rule.$) : undefined

function placeOf(path: string, scope: Scope): Place | undefined {
  const [root = '', ...parts] = path.replaceAll(/\[(\d+|"[^"]*")\]/g, '.$1').split('.')
  const start = scope[root]
  return start && [...start, ...parts.map((part) => (/^\d+$/.test(part) ? 0 : part.replaceAll('"', '')))]
}

/** Puts a value, or else its own name, at a place, making what is on the way; a name gives way to all else. */
function put(target: object, place: Place, value: unknown): void {
  const [part, ...rest] = place
  if (part === undefined) return
  const members = target as Record<string | number, unknown>
  if (rest.length === 0) {
    const name = place.findLast((step) => step !== 0) ?? String(part)
    members[part] = value ?? members[part] ?? name
    return
  }
  const next = members[part]
  const list = rest[0] === 0
  if (typeof next !== 'object' || next === null || Array.isArray(next) !== list) members[part] = list ? [] : {}
  put(members[part] as object, rest, value)
}
