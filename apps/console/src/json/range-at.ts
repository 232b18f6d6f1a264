import { ensureSyntaxTree } from '@codemirror/language'
import type { EditorState } from '@codemirror/state'
import type { SyntaxNode } from '@lezer/common'

const PARSE_MS = 200

/** Where in a JSON document a JSON Pointer (RFC 6901) leads; as deep as it can be followed. */
export function rangeAt(state: EditorState, pointer: string): { from: number; to: number } {
  const tree = ensureSyntaxTree(state, state.doc.length, PARSE_MS)
  let node: SyntaxNode | null = tree?.topNode.firstChild ?? null
  for (const token of pointer.split('/').slice(1)) {
    const next: SyntaxNode | null = node && step(node, token.replaceAll('~1', '/').replaceAll('~0', '~'), state)
    if (!next) break
    node = next
  }
  return node ? { from: node.from, to: node.to } : { from: 0, to: state.doc.length }
}

function step(node: SyntaxNode, token: string, state: EditorState): SyntaxNode | null {
  if (node.name === 'Array') return valuesIn(node)[Number(token)] ?? null
  for (const property of node.getChildren('Property')) {
    const name = property.getChild('PropertyName')
    if (name && nameIn(state, name) === token) return property.lastChild
  }
  return null
}

const punctuation = new Set(['[', ']', ',', '⚠'])

function valuesIn(node: SyntaxNode): SyntaxNode[] {
  const values: SyntaxNode[] = []
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (!punctuation.has(child.name)) values.push(child)
  }
  return values
}

/** A property's name without its quotes. */
export const nameIn = (state: EditorState, node: SyntaxNode): string =>
  state.doc.sliceString(node.from, node.to).replaceAll(/^"|"$/g, '')

/** The names and positions that lead to a node, outermost first. */
export function pathTo(state: EditorState, node: SyntaxNode | null): (string | number)[] {
  const path: (string | number)[] = []
  for (let at = node; at?.parent; at = at.parent) {
    const { parent } = at
    if (at.name === 'Property') {
      const name = at.getChild('PropertyName')
      if (name) path.unshift(nameIn(state, name))
    } else if (parent.name === 'Array') {
      path.unshift(valuesIn(parent).findIndex(({ from }) => from === at?.from))
    }
  }
  return path
}
