import type { IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

const MOST_BYTES = 16 * 1024 * 1024
const LONGEST_MS = 5_000

/**
 * Reads a body that is too large and forgets it, so that its sender comes to read the refusal: a connection closed while
 * it still writes would only show it a broken pipe. Bounded, as the sender may mean harm.
 */
export async function swallowBody(request: IncomingMessage): Promise<void> {
  const over = new AbortController()
  let bytes = 0
  const read = new Promise<void>((resolve) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength
      if (bytes > MOST_BYTES) resolve()
    })
    request.once('end', resolve)
    request.once('close', resolve)
  })
  await Promise.race([read, delay(LONGEST_MS, undefined, { signal: over.signal }).catch(() => undefined)])
  over.abort()
}
