import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml'

/** The line, from 1, of what a JSON Pointer leads to in a YAML text; where that is missing, of what should hold it. */
export function lineOf(text: string, pointer: string): number {
  const lines = new LineCounter()
  let node: Node | null = parseDocument(text, { lineCounter: lines }).contents
  let at = node?.range?.[0] ?? 0
  for (const token of pointer.split('/').slice(1)) {
    const [key, value]: [unknown, unknown] = below(node, token.replaceAll('~1', '/').replaceAll('~0', '~'))
    const found = isNode(key) ? key : isNode(value) ? value : undefined
    if (!found) break
    at = found.range?.[0] ?? at
    node = isNode(value) ? value : null
  }
  return lines.linePos(at).line
}

/** Key and value of a member, or an item of a list; neither when it is not there. */
function below(node: Node | null, token: string): [key: unknown, value: unknown] {
  if (isSeq(node)) return [undefined, node.items[Number(token)]]
  const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && String(key.value) === token) : undefined
  return [pair?.key, pair?.value]
}
