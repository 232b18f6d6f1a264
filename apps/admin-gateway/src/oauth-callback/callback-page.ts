import { createHash } from 'node:crypto'
import { CartlyError, type oauth, type ResponseOf } from '@cartly/contracts'
import { Answer } from '../api/answer.ts'

export type CallbackOutcome = ResponseOf<typeof oauth.callback>

const statuses: Record<CallbackOutcome['outcome'], number> = {
  connected: 200,
  denied: 200,
  expired: 410,
  refused: 400,
  failed: 502,
}

const nextSteps: Record<CallbackOutcome['outcome'], string> = {
  connected: 'You can close this page, or go back to the connector and test it.',
  denied: 'Nothing was changed. If this was a mistake, begin again from the connector.',
  expired: 'Begin again from the connector; you have ten minutes to finish.',
  refused: 'Begin again from the connector, in this browser and in one window.',
  failed: 'Wait a minute, then begin again from the connector.',
}

/** When no service could say what became of it: the person who came still gets a page. */
export function failedCallback(error: unknown): CallbackOutcome {
  if (!(error instanceof CartlyError) || error.kind === 'internal') throw error
  return {
    outcome: 'failed',
    title: 'The connection could not be completed',
    message: 'Our side did not answer in time.',
  }
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

/** What the person sees who comes back from the service: what happened, what to do now, and the way back. */
export function callbackPage(result: CallbackOutcome, publicUrl: string, cookie: string): Answer {
  const title = escapeHtml(result.title)
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Cartly</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${escapeHtml(result.message)}</p>
<p>${nextSteps[result.outcome]}</p>
<a href="${escapeHtml(wayBack(result, publicUrl))}">Back to Cartly</a>
</main>
</body>
</html>
`
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentSecurityPolicy,
    'set-cookie': cookie,
  }
  return new Answer(statuses[result.outcome], headers, html)
}

/** The connector's page in the console, when it is known which connector it was. */
function wayBack({ storeId, connectorId }: CallbackOutcome, publicUrl: string): string {
  if (!storeId || !connectorId) return `${publicUrl}/`
  return `${publicUrl}/stores/${encodeURIComponent(storeId)}/integrations/${encodeURIComponent(connectorId)}`
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (mark) => entities[mark] as string)
