import type { Answer } from '../api/answer.ts'
import { messagePage } from '../http/message-page.ts'
import type { SignInFailure } from './oidc-sign-in.ts'

const pages: Record<SignInFailure, readonly [status: number, title: string, message: string, next: string]> = {
  not_begun_here: [
    400,
    'This link cannot be used',
    'The sign-in was not begun in this browser, or more than ten minutes ago.',
    'Sign in again, in one window.',
  ],
  denied: [403, 'You are not signed in', 'The sign-in was cancelled.', 'If this was a mistake, sign in again.'],
  expired: [400, 'This link cannot be used any more', 'It was used already, or too late.', 'Sign in again.'],
  no_access: [
    403,
    'You may not use this',
    'You are signed in, but your account has no access to the integrations of a store.',
    'Ask whoever manages accounts for access, then sign in again.',
  ],
  failed: [
    502,
    'The sign-in could not be completed',
    'The identity provider did not answer as it should.',
    'Wait a minute, then sign in again.',
  ],
}

/** What each status of the page says, for the documentation. */
export const signInPages: Readonly<Record<number, string>> = {
  400: 'It was not begun here, or is over',
  403: 'It was cancelled, or the account has no access',
  502: 'The identity provider did not answer as it should',
}

/** What a person sees who could not be signed in. */
export function signInPage(failure: SignInFailure, publicUrl: string, cookie: string): Answer {
  const [status, title, message, next] = pages[failure]
  const again = { href: `${publicUrl}/auth/login`, text: 'Sign in again' }
  return messagePage({ status, title, paragraphs: [message, next], link: again, cookie })
}
