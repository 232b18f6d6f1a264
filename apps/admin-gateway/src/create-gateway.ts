import 'reflect-metadata'
import { randomUUID } from 'node:crypto'
import { nestLogger } from '@cartly/service'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { GatewayModule, type GatewayContext } from './gateway.module.ts'
import { answerBrokenRequest, refuseUrl } from './http/broken-request.ts'
import { swallowBody } from './http/swallow-body.ts'
import type { GatewaySettings } from './settings.ts'

const MAX_BODY = 1024 * 1024
const MAX_HEADERS = 16 * 1024

/** The gateway, wired but not listening. */
export async function createGateway(
  context: GatewayContext,
  settings: GatewaySettings,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY,
    http: { maxHeaderSize: MAX_HEADERS },
    routerOptions: { maxParamLength: 256 },
    /** To receive a whole request; answers may take as long as their operation. */
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    genReqId: () => randomUUID(),
    trustProxy: settings.trustedProxies.length > 0 ? [...settings.trustedProxies] : false,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: refuseUrl,
    skipMiddie: true,
  })
  adapter.getInstance().addHook('onRequest', async ({ raw }) => {
    if (Number(raw.headers['content-length']) > MAX_BODY) await swallowBody(raw)
  })
  return NestFactory.create<NestFastifyApplication>(GatewayModule.of(context, settings), adapter, {
    bodyParser: false,
    logger: nestLogger(context.log),
    abortOnError: false,
  })
}
