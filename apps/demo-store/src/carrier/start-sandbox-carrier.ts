import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { setTimeout as delay } from 'node:timers/promises'
import { Dice } from '../dice.ts'
import type { LoopbackSettings, Running } from '../loopback.ts'
import { Behaviours, type Behaviour, type Instruction } from '../behaviour.ts'
import { Books, type Label } from './books.ts'
import { easypostError, notFound as noEasypost } from './easypost/errors.ts'
import { easypostRefusal, easypostRoutes, isEasypost } from './easypost/routes.ts'
import { Journal, type CarrierRequest } from './journal.ts'
import { labelDocument } from './label-document.ts'
import { afterWork, beforeWork } from './misbehave.ts'
import { notFound as noShippo, shippoRefusal, shippoRoutes } from './shippo/routes.ts'

export interface SandboxCarrierSettings extends LoopbackSettings {
  /** Ids, tracking numbers and latencies follow from it; 1 by default. */
  readonly seed?: number
  /** Least and most milliseconds before an answer; none by default. The vendors' own are 300 to 1,200. */
  readonly latencyMs?: readonly [number, number]
}

/** Shippo's and EasyPost's APIs on one port: `/shipments/` is Shippo's, `/v2/…` and `/beta/…` are EasyPost's. */
export interface SandboxCarrier extends Running {
  readonly journal: Journal
  /** Every label bought, in order: the judge of "never bought twice". */
  readonly labels: readonly Label[]
  behave(instruction: Instruction): void
  /** Forgets all instructions. */
  behaveWell(): void
}

declare module 'fastify' {
  interface FastifyRequest {
    behaviour: Behaviour | undefined
    journalEntry: CarrierRequest | undefined
  }
}

/**
 * Starts the sandbox carrier. Beside the vendors' paths it serves `GET /__journal?since=<sequence>`, `GET /__labels`,
 * `POST /__behave` (an `Instruction`) and `DELETE /__behave`; a request may also ask for a behaviour itself by the
 * header `x-sandbox-behaviour`, the query `behaviour`, or its destination (see `behaviour.ts`).
 */
export async function startSandboxCarrier(settings: SandboxCarrierSettings = {}): Promise<SandboxCarrier> {
  const { host = '127.0.0.1', port = 0, seed = 1, latencyMs } = settings
  const books = new Books(seed)
  const dice = new Dice(seed + 1)
  const journal = new Journal()
  const behaviours = new Behaviours()
  const stopped = new AbortController()
  const app = fastify({
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true },
    rewriteUrl: ({ url = '/', headers }) => vendorUrl(url, headers.authorization),
  })
  let url = ''

  // As the vendors do, take a request without a body for one without fields, whatever its content type says.
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_, body, done) => {
    try {
      done(null, body === '' ? {} : JSON.parse(body as string))
    } catch (error) {
      done(Object.assign(error as Error, { statusCode: 400 }))
    }
  })
  app.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) =>
    reply
      .code(error.statusCode ?? 500)
      .send(isEasypost(request.url) ? easypostError('BAD_REQUEST', error.message) : { detail: error.message }),
  )
  app.decorateRequest('behaviour', undefined)
  app.decorateRequest('journalEntry', undefined)
  app.addHook('preHandler', async (request, reply) => {
    if (isOwnPath(request.url)) return
    request.body ??= {}
    request.behaviour = behaviours.for(described(request))
    request.journalEntry = journal.record(entryOf(request))
    const refusal = refusalOf(request)
    if (refusal) return reply.code(401).send(refusal)
    if (latencyMs) await delay(dice.integer(...latencyMs), undefined, { signal: stopped.signal }).catch(() => {})
    return beforeWork(request, reply)
  })
  app.addHook('onSend', (request, reply, payload) => afterWork(request, reply, payload, stopped.signal))
  app.addHook('onResponse', async (request, reply) => {
    if (!request.journalEntry) return
    request.journalEntry.status = reply.statusCode
    request.journalEntry.ms = Math.round(reply.elapsedTime)
  })
  app.setNotFoundHandler((request, reply) => (isEasypost(request.url) ? noEasypost(reply) : noShippo(reply)))
  shippoRoutes(app, books, () => url)
  easypostRoutes(app, books, () => url)
  ownRoutes(app, journal, books, behaviours)
  url = await app.listen({ host, port })

  return {
    url,
    journal,
    labels: books.labels,
    behave: (instruction) => behaviours.add(instruction),
    behaveWell: () => behaviours.clear(),
    async stop() {
      stopped.abort()
      await app.close()
    },
  }
}

function ownRoutes(app: FastifyInstance, journal: Journal, books: Books, behaviours: Behaviours): void {
  app.get<{ Querystring: { since?: string } }>('/__journal', (request) => {
    const since = Number(request.query.since ?? 0)
    return { total: journal.total, requests: journal.entries.filter(({ sequence }) => sequence > since) }
  })
  app.get('/__labels', () => ({ labels: books.labels }))
  app.post<{ Body: Instruction }>('/__behave', (request, reply) => {
    try {
      behaviours.add(request.body)
    } catch (error) {
      return reply.code(400).send({ message: (error as Error).message })
    }
    return reply.code(204).send()
  })
  app.delete('/__behave', (_, reply) => {
    behaviours.clear()
    return reply.code(204).send()
  })
  app.get<{ Params: { id: string } }>('/labels/:id(^[a-z0-9_]+).pdf', (request, reply) => {
    const label = books.labels.find(({ id }) => id === request.params.id)
    return label ? reply.type('application/pdf').send(labelDocument(label)) : noShippo(reply)
  })
}

/** One address serves both vendors: only EasyPost takes `Basic`, so its `/v2` may be left out of a connector's address. */
const vendorUrl = (url: string, authorization = ''): string =>
  authorization.startsWith('Basic ') && !isEasypost(url) ? `/v2${url}` : url

const isOwnPath = (url: string): boolean => url.startsWith('/__') || url.startsWith('/labels/')
const pathOf = (url: string): string => url.split('?', 1)[0] as string

function described(request: FastifyRequest): Parameters<Behaviours['for']>[0] {
  const header = request.headers['x-sandbox-behaviour']
  const { behaviour } = request.query as { behaviour?: string }
  const body = request.body as Record<string, Record<string, Record<string, string>>> | null | undefined
  const destination = body?.['address_to'] ?? (body?.['shipment'] ?? body?.['order'])?.['to_address']
  return {
    method: request.method,
    path: pathOf(request.url),
    asked: (typeof header === 'string' ? header : undefined) ?? behaviour,
    postalCode: (destination as { zip?: string } | undefined)?.zip,
  }
}

function entryOf(request: FastifyRequest): Omit<CarrierRequest, 'sequence' | 'status' | 'ms'> {
  const { behaviour } = request
  return {
    at: new Date().toISOString(),
    method: request.method,
    path: pathOf(request.url),
    query: request.query as Record<string, unknown>,
    headers: request.headers,
    body: request.body,
    behaviour: behaviour?.kind,
  }
}

function refusalOf({ url, headers }: FastifyRequest): object | undefined {
  if (isEasypost(url)) {
    const message = easypostRefusal(headers.authorization)
    return message === undefined ? undefined : easypostError('APIKEY.INACTIVE', message)
  }
  const detail = shippoRefusal(headers.authorization)
  return detail === undefined ? undefined : { detail }
}
