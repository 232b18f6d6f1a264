export interface Token {
  readonly text: string
  readonly kind?: 'key' | 'string' | 'literal'
}

const pattern = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*|true|false|null/g
const LARGEST = 100_000

/** Formatted JSON cut into pieces to colour. What is very long stays one piece. */
export function tokensOf(text: string): Token[] {
  if (text.length > LARGEST) return [{ text }]
  const tokens: Token[] = []
  let end = 0
  for (const match of text.matchAll(pattern)) {
    const [whole, string, colon] = match
    if (match.index > end) tokens.push({ text: text.slice(end, match.index) })
    tokens.push({ text: string ?? whole, kind: string === undefined ? 'literal' : colon ? 'key' : 'string' })
    if (colon) tokens.push({ text: colon })
    end = match.index + whole.length
  }
  if (end < text.length) tokens.push({ text: text.slice(end) })
  return tokens
}
