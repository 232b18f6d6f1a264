import { vault, type LeaseReply, type LeaseRequest } from '@cartly/contracts'
import { Handles, type CallContext } from '@cartly/messaging'
import { Controller, Inject } from '@nestjs/common'
import { Lender } from './lender.ts'

/** One subject for each holder: NATS lets no service publish on another's, so the subject is who asks. */
@Controller()
export class LeasesController {
  readonly #lender: Lender

  constructor(@Inject(Lender) lender: Lender) {
    this.#lender = lender
  }

  @Handles(vault.leaseToExecutor)
  toExecutor(request: LeaseRequest, { actor }: CallContext): Promise<LeaseReply> {
    return this.#lender.lend('hook-executor', request, actor)
  }

  @Handles(vault.leaseToDispatcher)
  toDispatcher(request: LeaseRequest, { actor }: CallContext): Promise<LeaseReply> {
    return this.#lender.lend('webhook-dispatcher', request, actor)
  }

  @Handles(vault.leaseToRefresher)
  toRefresher(request: LeaseRequest, { actor }: CallContext): Promise<LeaseReply> {
    return this.#lender.lend('oauth-refresher', request, actor)
  }
}
