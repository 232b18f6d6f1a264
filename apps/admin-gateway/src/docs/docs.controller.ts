import { Controller, Get, Header, Inject, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { openApiOf } from '../api/openapi.ts'
import { routes } from '../routes/index.ts'
import type { GatewaySettings } from '../settings.ts'
import { SETTINGS } from '../tokens.ts'
import { docsPage, docsPolicy } from './docs-page.ts'
import { referenceScript } from './reference-script.ts'

/** `/openapi.json`, the whole truth about the API, and `/docs`, which shows it. */
@Controller()
export class DocsController {
  readonly #document: string

  constructor(@Inject(SETTINGS) { publicUrl }: GatewaySettings) {
    this.#document = JSON.stringify(openApiOf(routes, publicUrl))
  }

  @Get('openapi.json')
  @Header('content-type', 'application/json')
  openApi(@Res() reply: FastifyReply): void {
    void reply.send(this.#document)
  }

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', docsPolicy)
  docs(@Res() reply: FastifyReply): void {
    void reply.send(docsPage)
  }

  @Get('docs/reference.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Header('content-encoding', 'gzip')
  @Header('cache-control', 'public, max-age=86400')
  async script(@Res() reply: FastifyReply): Promise<void> {
    void reply.send(await referenceScript())
  }
}
