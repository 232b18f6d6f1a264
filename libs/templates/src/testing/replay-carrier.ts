import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import type { Interaction, Recording } from './recordings.ts'

export interface ReplayCarrier {
  /** Where a recording is replayed; the vendor's own paths are below it. */
  address(recording: Recording): string
  /** Requests that fit nothing recorded, each with what was recorded instead. */
  readonly strangers: readonly string[]
  stop(): Promise<void>
}

/**
 * Members of bodies that are left out of the comparison: what a template says and the recorded client did not, or the
 * other way round.
 */
export type Unsaid = readonly string[]

/**
 * Answers over HTTP as the vendor did. Each recording has an address of its own; a request is answered with the first
 * interaction not yet replayed whose method, path, query and canonical body are the same, or else with the last that was,
 * so that it can be polled. Anything else is refused, and kept in `strangers`.
 */
export async function startReplayCarrier(
  recordings: readonly Recording[],
  unsaid: Unsaid = [],
): Promise<ReplayCarrier> {
  const strangers: string[] = []
  const replayed = new Set<Interaction>()

  const server = createServer(async (request, response) => {
    const [, number = '', ...path] = new URL(request.url ?? '', 'http://x').pathname.split('/')
    const { interactions = [] } = recordings[Number(number)] ?? {}
    const asked = { ...(await read(request)), path: `/${path.join('/')}` }
    const fitting = interactions.filter(({ request: recorded }) =>
      isDeepStrictEqual(canonical(asked, unsaid), canonical(recorded, unsaid)),
    )
    const next = fitting.find((one) => !replayed.has(one)) ?? fitting.at(-1)
    if (!next) {
      const near = interactions.filter(({ request: recorded }) => recorded.path === asked.path)
      const known = near.map(({ request: { method, body } }) => `${method} ${JSON.stringify(body)}`)
      strangers.push([`${asked.method} ${asked.path} ${JSON.stringify(asked.body)} is none of`, ...known].join('\n  '))
      response.writeHead(501).end()
      return
    }
    replayed.add(next)
    const { status, headers, body } = next.response
    response.writeHead(status, { ...headers }).end(bodyText(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  return {
    address: (recording) => `http://127.0.0.1:${port}/${recordings.indexOf(recording)}`,
    strangers,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function read(request: IncomingMessage): Promise<Omit<Interaction['request'], 'path'>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  const { searchParams } = new URL(request.url ?? '', 'http://x')
  return {
    method: request.method ?? '',
    query: Object.fromEntries(searchParams),
    body: text === '' ? null : JSON.parse(text),
  }
}

/** A request as it is compared: the order of members does not count, and null is nothing. */
function canonical({ method, path, query, body }: Interaction['request'], unsaid: Unsaid): unknown {
  const said = without(body, unsaid)
  return { method, path, query, body: isDeepStrictEqual(said, {}) ? null : said }
}

function without(value: unknown, names: Unsaid): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => without(item, names))
  const said = Object.entries(value).filter(([name, member]) => !names.includes(name) && member !== null)
  return Object.fromEntries(said.map(([name, member]) => [name, without(member, names)]))
}

function bodyText(body: unknown): string {
  if (body === null) return ''
  return typeof body === 'object' && 'text' in body ? String(body.text) : JSON.stringify(body)
}
