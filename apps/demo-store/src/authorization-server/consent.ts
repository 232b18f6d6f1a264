import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Provider } from 'oidc-provider'

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (value: string): string => value.replaceAll(/[&<>"]/g, (character) => escapes[character] as string)

const page = (client: string, scopes: readonly string[]): string => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Harbor Mail – allow access?</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; background: #eef2f5; display: grid; place-items: center; min-height: 90vh; margin: 0 }
  main { background: #fff; padding: 2rem; border-radius: 12px; width: 22rem; box-shadow: 0 2px 12px #0002 }
  h1 { font-size: 1.2rem } label, input { display: block; width: 100%; box-sizing: border-box } input { padding: .5rem; margin: .25rem 0 1rem }
  button { padding: .6rem 1.2rem; border-radius: 8px; border: 1px solid #9ab; background: #fff; font: inherit } button.allow { background: #135; color: #fff; border-color: #135 }
</style>
<main>
  <h1>${escaped(client)} asks for access to your Harbor Mail account</h1>
  <ul>${scopes.map((scope) => `<li>${escaped(scope)}</li>`).join('')}</ul>
  <form method="post">
    <label>Signed in as <input name="account" value="ada@harbor.example"></label>
    <button class="allow" name="decision" value="allow">Allow</button>
    <button name="decision" value="deny">Deny</button>
  </form>
</main></html>`

/** The one page of the sandbox: sign in as anybody, and allow or deny. Serves `GET` and `POST /interaction/<uid>`. */
export async function serveConsent(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { params } = await provider.interactionDetails(request, response)
  const clientId = String(params['client_id'])
  const scope = String(params['scope'] ?? '')
  if (request.method !== 'POST') {
    const client = await provider.Client.find(clientId)
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
    response.end(page(client?.clientName ?? clientId, scope.split(' ').filter(Boolean)))
    return
  }
  const answer = new URLSearchParams(await text(request))
  if (answer.get('decision') !== 'allow') {
    const denied = { error: 'access_denied', error_description: 'The account owner denied access' }
    return provider.interactionFinished(request, response, denied, { mergeWithLastSubmission: false })
  }
  const accountId = answer.get('account') || 'ada@harbor.example'
  const grant = new provider.Grant({ accountId, clientId })
  grant.addOIDCScope(scope)
  const grantId = await grant.save()
  await provider.interactionFinished(request, response, { login: { accountId }, consent: { grantId } })
}
