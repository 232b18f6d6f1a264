import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** A carrier in a process of its own that speaks Shippo's `POST /shipments/`. */
export interface BenchCarrier {
  readonly url: string
  stop(): void
}

/** What a shipment's destination (`zip`) makes the carrier do: answer after so many milliseconds, or misbehave. */
export const zips = { quick: '20', late: '2900', tooLate: '3100', hang: 'hang', drip: 'drip' } as const

export async function startBenchCarrier(): Promise<BenchCarrier> {
  const child = fork(import.meta.filename, ['serve'], { stdio: 'inherit' })
  const [port] = (await once(child, 'message')) as [number]
  return { url: `http://127.0.0.1:${port}`, stop: () => void child.kill() }
}

/** As many rates as a request with all carriers of an account brings; about 5 KB. */
const rates = Array.from({ length: 10 }, (_, index) => ({
  object_id: `rate_${index.toString().padStart(28, '0')}`,
  amount: `${5 + index}.${10 + index}`,
  currency: 'USD',
  provider: index % 2 ? 'UPS' : 'USPS',
  provider_image_75: 'https://shippo-static.s3.amazonaws.com/providers/75/USPS.png',
  servicelevel: { name: `Service ${index}`, token: `service_${index}`, terms: '', extended_token: `service_${index}` },
  attributes: index === 0 ? ['CHEAPEST'] : [],
  estimated_days: 1 + index,
  duration_terms: 'Delivery in 1 to 10 business days.',
  carrier_account: '078870331023437cb917f5187429b093',
  zone: '4',
  messages: [],
  test: true,
}))
const answer = JSON.stringify({ object_id: 'shipment', status: 'SUCCESS', rates, messages: [] })
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) }

function serve(): void {
  const server = createServer((request, response) => void respond(request, response))
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
  process.on('disconnect', () => process.exit(0))
}

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const shipment = JSON.parse(Buffer.concat(chunks).toString()) as { address_to: { zip: string } }
  const { zip } = shipment.address_to
  if (zip === zips.hang) return
  if (zip === zips.drip) return drip(response)
  await pause(Number(zip))
  response.writeHead(201, headers).end(answer)
}

async function drip(response: ServerResponse): Promise<void> {
  response.writeHead(201, headers)
  for (let sent = 0; sent < answer.length && !response.destroyed; sent++) {
    response.write(answer[sent])
    await pause(50)
  }
}

if (process.argv[2] === 'serve') serve()
