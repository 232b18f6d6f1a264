import type { ResponseOf, oauth } from '@cartly/contracts'

/** What the page after consent says: what happened, and what to do. */
export type Outcome = Pick<ResponseOf<typeof oauth.callback>, 'outcome' | 'title' | 'message'>

const again = 'Close this page, go back to the connector and choose Connect again.'

export const outcomes = {
  connected: (service: string, missing: readonly string[]): Outcome => ({
    outcome: 'connected',
    title: `${service} is connected`,
    message:
      missing.length === 0
        ? 'You can close this page and go back to your connector.'
        : `It did not grant everything that was asked for: ${missing.join(', ')} is missing, so some of its hooks may fail. ` +
          'To grant it, connect again and allow everything.',
  }),
  denied: (service: string): Outcome => ({
    outcome: 'denied',
    title: 'Access was not granted',
    message: `You, or ${service}, declined. Nothing was changed. ${again}`,
  }),
  expired: (): Outcome => ({
    outcome: 'expired',
    title: 'This took too long',
    message: `An authorization must be completed within ten minutes. ${again}`,
  }),
  unknown: (): Outcome => ({
    outcome: 'refused',
    title: 'This link cannot be used',
    message: `It was used already, or it was not begun here. If your connector shows as connected, all is well. If not: ${again}`,
  }),
  otherBrowser: (): Outcome => ({
    outcome: 'refused',
    title: 'Begun in another browser or window, or by someone else',
    message: `For your safety an authorization is completed where it was begun, by who began it, in the window opened last. ${again}`,
  }),
  otherConnection: (): Outcome => ({
    outcome: 'refused',
    title: 'Meant for another connector',
    message: `The answer belongs to another connector than the one it was sent to. Nothing was changed. ${again}`,
  }),
  untrusted: (service: string): Outcome => ({
    outcome: 'refused',
    title: 'The answer cannot be trusted',
    message: `What came back is not what ${service} would have sent. Nothing was changed. ${again}`,
  }),
  refusedByService: (service: string, code: string): Outcome => ({
    outcome: 'failed',
    title: `${service} refused the authorization`,
    message: /^[\w.-]{1,64}$/.test(code)
      ? `Its reason: ${code}. Check the client ID and the redirect address registered there. ${again}`
      : again,
  }),
  failed: (message: string): Outcome => ({
    outcome: 'failed',
    title: 'The connection was not completed',
    message: `${message}. ${again}`,
  }),
}
