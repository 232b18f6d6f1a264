import { isNativeError } from 'node:util/types'

const codeShape = /^[A-Za-z][\w.-]{0,63}$/

/**
 * The code of a failure for `error.type`: a `CartlyError`'s or Node's `code`, else the error's class name.
 * Never the message, which may quote a secret or a body.
 */
export function errorCode(error: unknown): string {
  if (!isNativeError(error)) return 'unknown'
  const code = 'code' in error ? error.code : undefined
  return typeof code === 'string' && codeShape.test(code) ? code : error.name
}
