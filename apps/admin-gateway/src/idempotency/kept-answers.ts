import { CartlyError, conflict, invalid } from '@cartly/contracts'
import {
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  type StoredMsg,
} from '@nats-io/jetstream'
import type { Logger } from '@cartly/telemetry'
import { headers as natsHeaders, type MsgHdrs } from '@nats-io/transport-node'

/** An answer as it is kept, without secrets (`RouteSpec.reveal`). */
export interface KeptAnswer {
  readonly body: unknown
}

/** What is known of a request key: nobody had it (`claimed`, now ours), or its answer. */
export type Claim =
  | { readonly state: 'claimed'; readonly sequence: number }
  | { readonly state: 'answered'; readonly answer: KeptAnswer }

const STREAM = 'IDEMPOTENCY'
const subjectOf = (key: string): string => `idem.${key}`

/** The stream's last message of a key; which state it is in, and for what body it was. */
const fields = { state: 'Cartly-State', fingerprint: 'Cartly-Fingerprint' } as const

/** A request that has not been answered for this long has lost its gateway: another may take it up. */
const ABANDONED_MS = 60_000

/**
 * Answers by request key for 24 hours, in the stream `IDEMPOTENCY`, whose last message on a key's subject is its state. The
 * expected sequence of a publish is the lock: of requests that come at once, one is done and the others are refused.
 */
export class KeptAnswers {
  readonly #js: JetStreamClient
  readonly #jsm: JetStreamManager

  readonly #log: Logger

  constructor(js: JetStreamClient, jsm: JetStreamManager, log: Logger) {
    this.#js = js
    this.#jsm = jsm
    this.#log = log
  }

  /**
   * @throws CartlyError `invalid` `idempotency_key_reused` when the key was used for another body; `conflict`
   * `idempotency_in_progress` while the first request is still being answered.
   */
  async claim(key: string, fingerprint: string): Promise<Claim> {
    const last = await this.#last(key)
    if (last) {
      if (last.header.get(fields.fingerprint) !== fingerprint) throw reused
      const state = last.header.get(fields.state)
      if (state === 'answered') return { state: 'answered', answer: last.json<KeptAnswer>() }
      if (state === 'started' && Date.now() - last.time.getTime() < ABANDONED_MS) throw inProgress
    }
    const started = stateHeaders('started', fingerprint)
    const sequence = await this.#publish(key, last?.seq ?? 0, started).catch(refuse)
    return { state: 'claimed', sequence }
  }

  /**
   * Keeps the answer of a claimed request. One that cannot be kept (too large, or no stream) is the answer all the same:
   * who repeats the request sends the same commands again, which the services know.
   */
  async keep(key: string, sequence: number, fingerprint: string, answer: KeptAnswer): Promise<void> {
    await this.#settle(key, sequence, stateHeaders('answered', fingerprint), JSON.stringify(answer))
  }

  /** Gives a claim back: the request failed, and may be tried again with the same key. */
  async release(key: string, sequence: number, fingerprint: string): Promise<void> {
    await this.#settle(key, sequence, stateHeaders('released', fingerprint))
  }

  async #last(key: string): Promise<StoredMsg | null> {
    return this.#jsm.direct.getMessage(STREAM, { last_by_subj: subjectOf(key) }).catch(refuse)
  }

  async #settle(key: string, sequence: number, headers: MsgHdrs, body?: string): Promise<void> {
    try {
      await this.#publish(key, sequence, headers, body)
    } catch (error) {
      this.#log.warn('an answer could not be kept for its Idempotency-Key', { error })
    }
  }

  async #publish(key: string, lastSubjectSequence: number, headers: MsgHdrs, body = ''): Promise<number> {
    const { seq } = await this.#js.publish(subjectOf(key), body, { headers, expect: { lastSubjectSequence } })
    return seq
  }
}

/** Another request with the same key was quicker, or the stream is not to be had. */
function refuse(error: unknown): never {
  if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamWrongLastSequence) throw inProgress
  throw new CartlyError('unavailable', 'idempotency_unavailable', 'Idempotency-Key cannot be honoured at the moment', {
    cause: error,
    retryAfterMs: 1_000,
  })
}

function stateHeaders(state: 'started' | 'answered' | 'released', fingerprint: string): MsgHdrs {
  const headers = natsHeaders()
  headers.set(fields.state, state)
  headers.set(fields.fingerprint, fingerprint)
  return headers
}

const reused: CartlyError = invalid(
  'idempotency_key_reused',
  'This Idempotency-Key was used for another request; take a new key for a new request',
  [{ pointer: '/header/Idempotency-Key', message: 'was used with another body' }],
)
const inProgress: CartlyError = conflict(
  'idempotency_in_progress',
  'A request with this Idempotency-Key is still being answered; ask again in a moment',
)
