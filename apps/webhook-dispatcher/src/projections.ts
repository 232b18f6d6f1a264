import { runProjectionsCommand } from '@cartly/service'
import { endpointState } from './projections/endpoint-state.ts'
import { rejectedEvents } from './projections/rejected-events.ts'
import { webhookActivity } from './projections/webhook-activity.ts'

// node apps/webhook-dispatcher/dist/projections.js status | rebuild NAME | drop NAME: see docs/operations.md.
await runProjectionsCommand('dispatcher', [endpointState, webhookActivity, rejectedEvents])
