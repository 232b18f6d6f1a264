import { CartlyError, type oauth, type ResponseOf } from '@cartly/contracts'
import type { Answer } from '../api/answer.ts'
import { messagePage } from '../http/message-page.ts'

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

/** What the person sees who comes back from the service. */
export function callbackPage(result: CallbackOutcome, publicUrl: string, cookie: string): Answer {
  const { outcome, title, message } = result
  const link = { href: wayBack(result, publicUrl), text: 'Back to Cartly' }
  return messagePage({ status: statuses[outcome], title, paragraphs: [message, nextSteps[outcome]], link, cookie })
}

/** The connector's page in the console, when it is known which connector it was. */
function wayBack({ storeId, connectorId }: CallbackOutcome, publicUrl: string): string {
  if (!storeId || !connectorId) return `${publicUrl}/`
  return `${publicUrl}/stores/${encodeURIComponent(storeId)}/integrations/${encodeURIComponent(connectorId)}`
}
