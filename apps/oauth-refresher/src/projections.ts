import { runProjectionsCommand } from '@cartly/service'
import { connectionState } from './projections/connection-state.ts'
import { connectorProjection } from './projections/connectors.ts'
import { scheduleProjection } from './projections/schedule.ts'

// node apps/oauth-refresher/dist/projections.js status | rebuild NAME | drop NAME: see docs/operations.md.
await runProjectionsCommand('oauth', [connectionState, connectorProjection, scheduleProjection])
