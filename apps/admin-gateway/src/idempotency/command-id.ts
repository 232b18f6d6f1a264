import { createHash, randomUUID } from 'node:crypto'

/** Names a request: the same caller, route, store and key is the same request. */
export function requestKey(parts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part}`)
  return hash.digest('base64url')
}

/**
 * Command ids of a request, one for each operation it asks for (the log drops a second envelope of the same id, whichever
 * service sent it). With a request key, sending it again sends the same commands.
 */
export function commandIds(key: string | undefined): (operation: string) => string {
  const base = key ?? randomUUID()
  return (operation) => createHash('sha256').update(`${base} ${operation}`).digest('base64url')
}
