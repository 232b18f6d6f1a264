import { compileRequest, isRead, wrongHeader, type RequestContext } from './compile-request.ts'
import type { CompiledReconcile } from './compiled-chain.ts'
import type { Idempotency, StepDefinition } from './definition/step.ts'
import type { Repeat } from './recorder.ts'

/** How a step may be repeated when its outcome is not known. */
export function repeatOf(method: string, idempotency: Idempotency | undefined): Repeat {
  if (isRead(method) || idempotency?.by === 'natural' || idempotency?.by === 'key') return 'safe'
  return idempotency?.by === 'reconcile' ? 'reconcile' : 'never'
}

/** The parameter or header that takes the idempotency key is the key's alone. */
export function checkKey(
  { idempotency, request }: StepDefinition,
  pointer: string,
  { report, auth }: RequestContext,
): void {
  if (idempotency?.by !== 'key') return
  const { in: place, name } = idempotency
  const own = Object.keys((place === 'query' ? request.query : request.headers) ?? {})
  const same = (other: string): boolean =>
    place === 'query' ? other === name : other.toLowerCase() === name.toLowerCase()
  const wrong = own.some(same) ? `the request sets "${name}" itself` : place === 'header' && wrongHeader(name, auth)
  if (wrong) report('bad_idempotency', `${pointer}/idempotency/name`, wrong)
}

/** The request that finds out whether a step was done. */
export function compileReconcile(
  idempotency: Idempotency | undefined,
  pointer: string,
  during: RequestContext,
  after: RequestContext,
): CompiledReconcile | undefined {
  if (idempotency?.by !== 'reconcile') return undefined
  if (idempotency.settleMs !== undefined && idempotency.absent === undefined) {
    during.report(
      'missing',
      `${pointer}/absent`,
      'without it nothing is ever taken to be undone, so there is nothing to settle',
    )
  }
  if (!isRead(idempotency.request.method)) {
    during.report('bad_reconcile', `${pointer}/request/method`, 'finding out must not change anything: GET or HEAD')
  }
  return {
    request: compileRequest(idempotency.request, `${pointer}/request`, during),
    found: after.compile(idempotency.found, `${pointer}/found`, 'truth'),
    absent:
      idempotency.absent === undefined ? undefined : after.compile(idempotency.absent, `${pointer}/absent`, 'truth'),
    settleMs: idempotency.settleMs ?? 0,
    output: idempotency.output === undefined ? undefined : after.compile(idempotency.output, `${pointer}/output`),
  }
}
