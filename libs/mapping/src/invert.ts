import { MappingError } from './error.ts'
import { SINGLE } from './function.ts'
import { functions } from './functions/index.ts'
import { below, isObject } from './json.ts'
import { jsonataOf } from './jsonata/compile-jsonata.ts'
import { formatPath, parsePath, type Path } from './path.ts'
import { readRule } from './rule.ts'

/** Something the backward mapping writes: where in the source, and the rule that reads it from the output. */
interface Assignment {
  readonly source: Path
  readonly rule: unknown
  readonly pointer: string
}

/**
 * The mapping that leads from this mapping's output back to its input, as data. It restores every part of the input that
 * the mapping writes somewhere; what it never reads cannot come back.
 * @throws MappingError `not_invertible` with the place of the rule that loses something, and what it loses
 */
export function invert(mapping: unknown): unknown {
  if (jsonataOf(mapping) !== undefined) throw lossy('/$jsonata', 'what an expression computes cannot be read backwards')
  const assignments: Assignment[] = []
  undo(
    { node: mapping, pointer: '', root: 'input', output: { root: 'input', segments: [] }, written: writtenBy(mapping) },
    assignments,
  )
  return assemble(assignments)
}

interface Stand {
  readonly node: unknown
  readonly pointer: string
  /** The name that sources start from: `input`, or a loop's variable. */
  readonly root: string
  /** Where the forward mapping has written this, as the backward one reads it. */
  readonly output: Path
  /** Where each rule of this scope is written as it stands, by the rule's JSON. */
  readonly written: ReadonlyMap<string, Path>
}

function undo(stand: Stand, assignments: Assignment[]): void {
  const { node, pointer, output } = stand
  const rule = readRule(node, pointer)
  switch (rule.kind) {
    case 'literal':
      return
    case 'list':
      rule.items.forEach((item, index) => undo(down(stand, item, index), assignments))
      return
    case 'target':
      for (const [key, member] of rule.entries) undo(down(stand, member, key), assignments)
      return
    case 'call':
      undoCall(stand, node, { $: formatPath(output) }, pointer, assignments)
  }
}

const down = (stand: Stand, node: unknown, key: string | number): Stand => ({
  ...stand,
  node,
  pointer: below(stand.pointer, key),
  output: { root: stand.output.root, segments: [...stand.output.segments, key] },
})

/** Peels one function after the other off a rule, wrapping what reads its result, until its source path is left. */
function undoCall(stand: Stand, node: unknown, target: unknown, pointer: string, assignments: Assignment[]): void {
  const rule = readRule(node, pointer)
  if (rule.kind === 'literal') return
  if (rule.kind !== 'call') throw lossy(pointer, 'it makes a new value of several')
  const at = below(pointer, rule.name)
  if (rule.name === '$') {
    const source = parsePath(String(rule.argument), at)
    if (source.root !== stand.root) throw lossy(at, `it reads "${source.root}" inside a loop over "${stand.root}"`)
    assignments.push({ source, rule: target, pointer: at })
    return
  }
  const called = functions.get(rule.name)
  if (!called) throw new MappingError('unknown_function', at, `there is no function ${rule.name}`)
  const fields =
    'single' in called.argument ? { [SINGLE]: rule.argument } : isObject(rule.argument) ? rule.argument : {}
  const fieldAt = (field: string): string => ('single' in called.argument ? at : below(at, field))
  const inverse = called.inverse

  if ('loses' in inverse) throw lossy(at, `${rule.name} loses ${inverse.loses}`)
  if ('loop' in inverse) {
    const variable = String(fields[inverse.loop.as] ?? 'item')
    const body = fields[inverse.loop.body]
    const inner: Assignment[] = []
    const itemStand: Stand = {
      node: body,
      pointer: fieldAt(inverse.loop.body),
      root: variable,
      output: { root: variable, segments: [] },
      written: writtenBy(body, variable),
    }
    undo(itemStand, inner)
    const over = { $each: { in: target, as: variable, do: assemble(inner) } }
    undoCall(stand, fields[inverse.loop.over], over, fieldAt(inverse.loop.over), assignments)
    return
  }
  const back = inverse.undo({
    target,
    carry: (field) => carried(stand, fields[field], fieldAt(field)),
    option: <T>(field: string, fallback: T) => (fields[field] ?? fallback) as T,
    refuse: (loses) => {
      throw lossy(at, `${rule.name} loses ${loses}`)
    },
  })
  undoCall(stand, fields[inverse.into], back, fieldAt(inverse.into), assignments)
}

function carried(stand: Stand, node: unknown, pointer: string): unknown {
  if (readRule(node, pointer).kind === 'literal') return node
  const path = stand.written.get(JSON.stringify(node))
  if (!path) throw lossy(pointer, 'it depends on a value that the mapping does not write as it is')
  return { $: formatPath(path) }
}

/** Where each rule of a mapping is written, not looking into loops. */
function writtenBy(mapping: unknown, root = 'input'): Map<string, Path> {
  const written = new Map<string, Path>()
  const visit = (node: unknown, segments: Path['segments']): void => {
    if (Array.isArray(node)) node.forEach((item, index) => visit(item, [...segments, index]))
    if (!isObject(node)) return
    const isCall = Object.keys(node).some((key) => key.startsWith('$'))
    if (isCall) written.set(JSON.stringify(node), { root, segments })
    else for (const [key, member] of Object.entries(node)) visit(member, [...segments, key])
  }
  visit(mapping, [])
  return written
}

/** Puts the assignments into one tree of rules. A source written twice is read from where it was written first. */
function assemble(assignments: readonly Assignment[]): unknown {
  const whole = assignments.find(({ source }) => source.segments.length === 0)
  if (whole) {
    if (assignments.length > 1) throw lossy(whole.pointer, 'both the whole value and parts of it are written')
    return whole.rule
  }
  const tree = new Map<string | number, Assignment[]>()
  for (const { source, rule, pointer } of assignments) {
    const [first, ...rest] = source.segments
    const branch = tree.get(first!) ?? []
    branch.push({ source: { root: source.root, segments: rest }, rule, pointer })
    tree.set(first!, branch)
  }
  const branches = [...tree].map(([key, branch]) => [key, assemble(withoutRepeats(branch))] as const)
  if (!branches.some(([key]) => typeof key === 'number')) return Object.fromEntries(branches)
  const sorted = branches.toSorted(([a], [b]) => Number(a) - Number(b))
  sorted.forEach(([key], index) => {
    if (key !== index)
      throw lossy(assignments[0]!.pointer, `the list it reads is written only in part: item ${index} is not`)
  })
  return sorted.map(([, rule]) => rule)
}

const withoutRepeats = (branch: readonly Assignment[]): readonly Assignment[] =>
  branch.every(({ source }) => source.segments.length === 0) ? branch.slice(0, 1) : branch

const lossy = (pointer: string, reason: string): MappingError =>
  new MappingError('not_invertible', pointer, `there is no way back: ${reason}`)
