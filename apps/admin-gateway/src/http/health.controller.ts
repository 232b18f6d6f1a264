import { Health } from '@cartly/service'
import { Controller, Get, Inject, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'

/** For load balancers, as on the health port but without the reasons, which are not for everyone. */
@Controller()
export class HealthController {
  readonly #health: Health

  constructor(@Inject(Health) health: Health) {
    this.#health = health
  }

  @Get('healthz')
  alive(): { status: string } {
    return { status: 'ok' }
  }

  @Get('readyz')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const { ready } = await this.#health.readiness()
    void reply.status(ready ? 200 : 503).send({ ready })
  }
}
