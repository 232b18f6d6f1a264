import { setTimeout as delay } from 'node:timers/promises'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Behaviours } from '../behaviour.ts'

/** A call of the token endpoint. */
export interface TokenCall {
  readonly at: string
  readonly grantType: string
  readonly clientId: string | undefined
  /** `issued`, or the error's code. */
  readonly outcome: string
}

type Middleware = (context: KoaContextWithOIDC, next: () => Promise<unknown>) => Promise<void>

/** Writes down every call of the token endpoint. */
export const recordTokenCalls =
  (calls: TokenCall[]): Middleware =>
  async (context, next) => {
    await next()
    if (context.path !== '/token') return
    const { error } = (context.body ?? {}) as { error?: string }
    calls.push({
      at: new Date().toISOString(),
      grantType: String(context.oidc?.params?.['grant_type'] ?? ''),
      clientId: context.oidc?.client?.clientId,
      outcome: error ?? 'issued',
    })
  }

/** Does what the sandbox was told to do instead of answering well. */
export const misbehave =
  (behaviours: Behaviours, stopped: AbortSignal): Middleware =>
  async (context, next) => {
    const behaviour = behaviours.for({ method: context.method, path: context.path })
    const cut = (): void => {
      context.respond = false
      context.req.socket.destroy()
    }
    switch (behaviour?.kind) {
      case 'hang':
        context.respond = false
        return
      case 'reset':
        return cut()
      case 'status':
        context.status = behaviour.status
        if (behaviour.status === 429 || behaviour.status === 503) context.set('retry-after', '2')
        context.body = { error: 'temporarily_unavailable', error_description: 'The sandbox was told to' }
        return
      case 'refused':
        context.status = 400
        context.body = { error: 'invalid_grant', error_description: 'The sandbox was told to' }
        return
    }
    await next()
    if (behaviour?.kind === 'lost') cut()
    if (behaviour?.kind === 'slow') await delay(behaviour.ms, undefined, { signal: stopped }).catch(() => {})
    if (behaviour?.kind === 'garbage') context.body = JSON.stringify(context.body).slice(0, 20)
  }
