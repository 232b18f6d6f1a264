import { existsSync } from 'node:fs'
import staticFiles from '@fastify/static'
import { Injectable, Inject, NotFoundException, type OnModuleInit } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { GatewaySettings } from '../settings.ts'
import { SETTINGS } from '../tokens.ts'

/** Under these the API answers, also when there is nothing there. */
const apiPaths = /^\/(?:v1|oauth|session|docs|openapi\.json|healthz|readyz)(?:\/|$)/

/** What the build holds beside its page: `/assets/…`, `/favicon.svg`. Every other path is an address in the console. */
const builtFile = /^\/(?:assets\/.+|[^/]+\.[^/]+)$/

/** Mantine writes style elements and attributes; scripts come from our own files alone. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** Serves the console's files, and its page for every address within it; nothing when the console has not been built. */
@Injectable()
export class ConsoleFiles implements OnModuleInit {
  readonly #http: FastifyInstance
  readonly #folder: string

  constructor(@Inject(HttpAdapterHost) adapter: HttpAdapterHost, @Inject(SETTINGS) { consoleDir }: GatewaySettings) {
    this.#http = adapter.httpAdapter.getInstance<FastifyInstance>()
    this.#folder = consoleDir
  }

  async onModuleInit(): Promise<void> {
    if (!existsSync(this.#folder)) return
    await this.#http.register(staticFiles, {
      root: this.#folder,
      serve: false,
      preCompressed: true,
      cacheControl: false,
    })
    this.#http.get('/*', async (request, reply) => {
      const path = request.url.split('?', 1)[0] as string
      const file = builtFile.test(path) ? path.slice(1) : 'index.html'
      if (apiPaths.test(path) || (file === 'index.html' && !isNavigation(request))) throw new NotFoundException()
      reply.header('content-security-policy', contentSecurityPolicy)
      // Vite puts the content's hash into the names under assets/.
      reply.header('cache-control', path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache')
      return reply.sendFile(file)
    })
  }
}

const isNavigation = ({ headers }: FastifyRequest): boolean => /text\/html|\*\/\*/.test(headers.accept ?? '*/*')
