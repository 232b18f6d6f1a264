import type { GatewayUnderTest } from './gateway-under-test.ts'

export interface SeenEvent {
  readonly event: string
  readonly data: unknown
}

/** Reads a store's live stream as a browser would. */
export interface LiveReader {
  readonly status: number
  readonly headers: Headers
  /** The next event, whatever it is; `undefined` once the stream has ended. */
  next(): Promise<SeenEvent | undefined>
  close(): Promise<void>
}

export async function watchLive(
  { url, issuer }: GatewayUnderTest,
  storeId: string,
  claims: Record<string, unknown> = {},
): Promise<LiveReader> {
  const headers = { authorization: `Bearer ${await issuer.token({ stores: [storeId], ...claims })}` }
  const response = await fetch(`${url}/v1/stores/${storeId}/live`, { headers })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (!reader) throw new Error(`no stream: ${response.status}`)
  let text = ''
  return {
    status: response.status,
    headers: response.headers,
    async next() {
      for (;;) {
        const end = text.indexOf('\n\n')
        if (end >= 0) {
          const block = text.slice(0, end)
          text = text.slice(end + 2)
          const fields = new Map(
            block.split('\n').map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]),
          )
          const event = fields.get('event')
          if (event !== undefined) return { event, data: JSON.parse(fields.get('data') ?? 'null') as unknown }
          continue
        }
        const { done, value } = await reader.read()
        if (done) return undefined
        text += value
      }
    },
    close: () => reader.cancel(),
  }
}
