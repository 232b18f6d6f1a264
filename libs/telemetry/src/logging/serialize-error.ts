import { CartlyError, type ErrorKind } from '@cartly/contracts'
import { isNativeError } from 'node:util/types'
import { redactText } from './redact-text.ts'

export interface SerializedError {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly kind?: ErrorKind
  readonly stack?: string
  readonly cause?: SerializedError
}

const MAX_CAUSES = 5

/**
 * An error as fields: name, code, message and its chain of causes, and nothing else an error may carry (requests,
 * options, bodies). A `CartlyError` is an expected outcome and shows its stack only when `stacks` is set; any other
 * error is a defect, whose first stack is always worth having.
 */
export function serializeError(error: Error, stacks = false, causes = 0): SerializedError {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const expected = error instanceof CartlyError
  return {
    name: error.name,
    message: redactText(error.message),
    ...(code === undefined ? {} : { code }),
    ...(expected ? { kind: error.kind } : {}),
    ...(error.stack && (stacks || (!expected && causes === 0)) ? { stack: redactText(error.stack) } : {}),
    ...(isNativeError(error.cause) && causes < MAX_CAUSES
      ? { cause: serializeError(error.cause, stacks, causes + 1) }
      : {}),
  }
}
