import { fastifyCookie } from '@fastify/cookie'
import { BusClient } from '@cartly/messaging'
import { durations, type Logger } from '@cartly/telemetry'
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import './request.ts'
import { TokenVerifier } from '../auth/token-verifier.ts'
import { closeConnections } from '../http/close-connections.ts'
import { readJsonBody } from '../http/json-body.ts'
import { RateLimit } from '../http/rate-limit.ts'
import { setSecurityHeaders } from '../http/security-headers.ts'
import { KeptAnswers } from '../idempotency/kept-answers.ts'
import { LiveHub } from '../live/live-hub.ts'
import { routes } from '../routes/index.ts'
import type { OidcSignIn } from '../sign-in/oidc-sign-in.ts'
import { LOG, SETTINGS, SIGN_IN } from '../tokens.ts'
import type { GatewaySettings } from '../settings.ts'
import { mountRoutes } from './mount.ts'

const requestDuration = durations('http.server.request.duration', 'Duration of a request to the gateway')

/** Puts the table on the HTTP server, and around it what every request passes. */
@Injectable()
export class ApiServer implements OnModuleInit {
  readonly #http: FastifyInstance
  readonly #log: Logger
  readonly #publicUrl: string
  readonly #mount: (http: FastifyInstance) => void

  constructor(
    @Inject(HttpAdapterHost) adapter: HttpAdapterHost,
    @Inject(SETTINGS) settings: GatewaySettings,
    @Inject(LOG) log: Logger,
    @Inject(BusClient) bus: BusClient,
    @Inject(TokenVerifier) verifier: TokenVerifier,
    @Inject(RateLimit) limit: RateLimit,
    @Inject(KeptAnswers) kept: KeptAnswers,
    @Inject(LiveHub) live: LiveHub,
    @Inject(SIGN_IN) signIn: OidcSignIn | undefined,
  ) {
    this.#http = adapter.httpAdapter.getInstance<FastifyInstance>()
    this.#log = log
    this.#publicUrl = settings.publicUrl
    const parts = { bus, verifier, limit, kept, live, signIn, publicUrl: settings.publicUrl }
    this.#mount = (http) => mountRoutes(http, routes, parts)
  }

  async onModuleInit(): Promise<void> {
    const http = this.#http
    await http.register(fastifyCookie)
    http.decorateRequest('caller')
    http.decorateRequest('token')
    http.removeAllContentTypeParsers()
    http.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_: FastifyRequest, body: Buffer) =>
      readJsonBody(body),
    )
    const secure = this.#publicUrl.startsWith('https:')
    http.addHook('onRequest', (request, reply, done) => {
      setSecurityHeaders(reply, secure)
      reply.header('request-id', request.id)
      done()
    })
    http.addHook('onResponse', (request, reply, done) => {
      this.#record(request, reply)
      done()
    })
    closeConnections(http)
    this.#mount(http)
  }

  /** Who did what, with what result: one line for each request to the API. */
  #record(request: FastifyRequest, reply: FastifyReply): void {
    const { route } = request.routeOptions.config
    if (!route) return
    requestDuration.record(reply.elapsedTime / 1_000, {
      'http.request.method': request.method,
      'http.route': route.path,
      'http.response.status_code': reply.statusCode,
    })
    this.#log.info('request', {
      operation: route.id,
      method: request.method,
      route: route.path,
      ...(request.params as object),
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
      actor: request.caller?.actor,
      via: request.caller?.via,
      address: request.ip,
      requestId: request.id,
    })
  }
}
