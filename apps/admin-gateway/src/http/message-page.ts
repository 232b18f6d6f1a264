import { createHash } from 'node:crypto'
import { Answer } from '../api/answer.ts'

export interface Message {
  readonly status: number
  readonly title: string
  readonly paragraphs: readonly string[]
  /** What to do next. */
  readonly link: { readonly href: string; readonly text: string }
  /** `Set-Cookie` of the answer. */
  readonly cookie: string
}

const style = `:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;margin:0;display:grid;place-items:center;min-height:100vh;background:Canvas;color:CanvasText}
main{max-width:32rem;padding:2rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 1rem}
a{display:inline-block;margin-top:1rem;padding:.6rem 1.2rem;border:1px solid;border-radius:.5rem;color:inherit}`

const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** A page for a person who came to the gateway itself: what happened, what to do now, and the way on. */
export function messagePage({ status, title, paragraphs, link, cookie }: Message): Answer {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Cartly</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join('\n')}
<a href="${escapeHtml(link.href)}">${escapeHtml(link.text)}</a>
</main>
</body>
</html>
`
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentSecurityPolicy,
    'set-cookie': cookie,
  }
  return new Answer(status, headers, html)
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
/** Text as it may stand in a page, between tags and in quoted attributes. */
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (mark) => entities[mark] as string)
