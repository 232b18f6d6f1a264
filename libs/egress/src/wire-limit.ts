import type { IncomingMessage } from 'node:http'

/**
 * Watches the bytes of a compressed body as they come off the wire; a body that is not compressed is left alone, since
 * reading it counts the same bytes. A compressed one can go on for ever and yet unpack to nothing. `onOver` is called
 * once, as soon as there are more than `limit`.
 *
 * The body is watched where the parser hands it over: listening for `data` would set it flowing before got is ready.
 */
export function limitPackedBody(response: IncomingMessage, limit: number, onOver: () => void): void {
  if (response.headers['content-encoding'] === undefined) return
  const push = response.push.bind(response)
  let received = 0
  response.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
    const before = received
    received += chunk?.length ?? 0
    if (before <= limit && received > limit) onOver()
    return push(chunk, encoding)
  }
}
