import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import staticFiles from '@fastify/static'
import { Injectable, Inject, NotFoundException, type OnModuleInit } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { escapeHtml } from '../http/message-page.ts'
import type { GatewaySettings } from '../settings.ts'
import { SETTINGS } from '../tokens.ts'

/** Under these the API answers, also when there is nothing there. */
const apiPaths = /^\/(?:v1|oauth|auth|session|docs|openapi\.json|healthz|readyz)(?:\/|$)/

/** What the build holds beside its page: `/assets/…`, `/favicon.svg`. Every other path is an address in the console. */
const builtFile = /^\/(?:assets\/.+|[^/]+\.[^/]+)$/

/** Stands in the built page wherever the nonce of an answer belongs (`html.cspNonce` of its build). */
const NONCE = /__CSP_NONCE__/g

/** Stands in the built page where the console looks for the address of traces. */
const TRACE_VIEWER = '__TRACE_VIEWER_URL__'

/** Scripts come from our own files alone. Mantine and CodeMirror write style elements, which carry the answer's nonce. */
const contentSecurityPolicy = (nonce: string): string =>
  [
    "default-src 'self'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
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
  readonly #traceViewerUrl: string

  constructor(@Inject(HttpAdapterHost) adapter: HttpAdapterHost, @Inject(SETTINGS) settings: GatewaySettings) {
    this.#http = adapter.httpAdapter.getInstance<FastifyInstance>()
    this.#folder = settings.consoleDir
    this.#traceViewerUrl = escapeHtml(settings.traceViewerUrl)
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
      if (apiPaths.test(path)) throw new NotFoundException()
      if (builtFile.test(path)) {
        // Vite puts the content's hash into the names under assets/.
        reply.header('cache-control', path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache')
        return reply.sendFile(path.slice(1))
      }
      if (!isNavigation(request)) throw new NotFoundException()
      // Read each time, so that a newer build is served without a restart.
      const page = await readFile(join(this.#folder, 'index.html'), 'utf8')
      const nonce = randomBytes(16).toString('base64')
      // Not kept: a page from a cache would carry another nonce than the policy of the answer.
      reply.header('content-security-policy', contentSecurityPolicy(nonce)).header('cache-control', 'no-store')
      return reply
        .type('text/html; charset=utf-8')
        .send(page.replace(NONCE, nonce).replace(TRACE_VIEWER, () => this.#traceViewerUrl))
    })
  }
}

const isNavigation = ({ headers }: FastifyRequest): boolean => /text\/html|\*\/\*/.test(headers.accept ?? '*/*')
