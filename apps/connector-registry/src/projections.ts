import { runProjectionsCommand } from '@cartly/service'
import { connectorState } from './projections/connector-state.ts'
import { executionsProjection } from './projections/executions.ts'

// node apps/connector-registry/dist/projections.js status | rebuild NAME | drop NAME: see docs/operations.md.
await runProjectionsCommand('registry', [connectorState, executionsProjection])
