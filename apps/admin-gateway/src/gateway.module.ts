import { BusClient } from '@cartly/messaging'
import { Health, type ServiceContext } from '@cartly/service'
import { Module, type DynamicModule } from '@nestjs/common'
import { APP_FILTER } from '@nestjs/core'
import { ApiServer } from './api/api-server.ts'
import { TokenVerifier } from './auth/token-verifier.ts'
import { ConsoleFiles } from './console/console-files.ts'
import { DocsController } from './docs/docs.controller.ts'
import { HealthController } from './http/health.controller.ts'
import { ProblemFilter } from './http/problem-filter.ts'
import { RateLimit } from './http/rate-limit.ts'
import { KeptAnswers } from './idempotency/kept-answers.ts'
import { LiveHub } from './live/live-hub.ts'
import type { GatewaySettings } from './settings.ts'
import { OidcSignIn } from './sign-in/oidc-sign-in.ts'
import { LOG, SETTINGS, SIGN_IN } from './tokens.ts'

/** What the gateway takes of a running service. */
export type GatewayContext = Pick<ServiceContext, 'nc' | 'js' | 'jsm' | 'bus' | 'log' | 'health'>

@Module({})
export class GatewayModule {
  static of({ nc, js, jsm, bus, log, health }: GatewayContext, settings: GatewaySettings): DynamicModule {
    const { oidc, auth: rules, publicUrl } = settings
    const verifier = new TokenVerifier(rules)
    const signIn = oidc && new OidcSignIn(oidc, { rules, verifier, publicUrl, log })
    return {
      module: GatewayModule,
      controllers: [HealthController, DocsController],
      providers: [
        ApiServer,
        ConsoleFiles,
        { provide: APP_FILTER, useValue: new ProblemFilter(log) },
        { provide: SETTINGS, useValue: settings },
        { provide: LOG, useValue: log },
        { provide: Health, useValue: health },
        { provide: BusClient, useValue: bus },
        { provide: TokenVerifier, useValue: verifier },
        { provide: SIGN_IN, useValue: signIn },
        { provide: RateLimit, useValue: new RateLimit(settings.rateLimit) },
        { provide: KeptAnswers, useValue: new KeptAnswers(js, jsm, log) },
        { provide: LiveHub, useValue: new LiveHub(nc) },
      ],
    }
  }
}
