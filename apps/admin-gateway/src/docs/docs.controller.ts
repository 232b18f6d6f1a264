import { Controller, Get, Header, Inject, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { openApiOf } from '../api/openapi.ts'
import { routes } from '../routes/index.ts'
import type { GatewaySettings } from '../settings.ts'
import { SETTINGS } from '../tokens.ts'

/** `/openapi.json`, the whole truth about the API. */
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
}
