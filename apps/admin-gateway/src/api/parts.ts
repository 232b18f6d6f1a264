import type { BusClient } from '@cartly/messaging'
import type { TokenVerifier } from '../auth/token-verifier.ts'
import type { RateLimit } from '../http/rate-limit.ts'
import type { KeptAnswers } from '../idempotency/kept-answers.ts'
import type { LiveHub } from '../live/live-hub.ts'
import type { OidcSignIn } from '../sign-in/oidc-sign-in.ts'

/** What the routes stand on. */
export interface ApiParts {
  readonly verifier: TokenVerifier
  readonly limit: RateLimit
  readonly kept: KeptAnswers
  readonly bus: BusClient
  readonly live: LiveHub
  readonly signIn: OidcSignIn | undefined
  readonly publicUrl: string
}
