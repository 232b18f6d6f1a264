import type { Route } from '../api/route.ts'
import { connectorRoutes } from './connectors.ts'
import { credentialRoutes } from './credentials.ts'
import { deliveryRoutes } from './deliveries.ts'
import { eventTypeRoutes } from './event-types.ts'
import { executionRoutes } from './executions.ts'
import { hookRoutes } from './hooks.ts'
import { keyringRoutes } from './keyring.ts'
import { liveRoutes } from './live.ts'
import { oauthRoutes } from './oauth.ts'
import { recoveryRoutes } from './recoveries.ts'
import { sessionRoutes } from './session.ts'
import { signInRoutes } from './sign-in.ts'
import { templateRoutes } from './templates.ts'
import { webhookSecretRoutes } from './webhook-secrets.ts'
import { webhookRoutes } from './webhooks.ts'

/** The whole API, in the order of its documentation. */
export const routes: readonly Route[] = [
  ...templateRoutes,
  ...eventTypeRoutes,
  ...connectorRoutes,
  ...credentialRoutes,
  ...oauthRoutes,
  ...hookRoutes,
  ...executionRoutes,
  ...webhookRoutes,
  ...webhookSecretRoutes,
  ...recoveryRoutes,
  ...deliveryRoutes,
  ...liveRoutes,
  ...keyringRoutes,
  ...sessionRoutes,
  ...signInRoutes,
]
