import { runProjectionsCommand } from '@cartly/service'
import { connectorProjection } from './projections/connectors.ts'
import { credentialState } from './projections/credential-state.ts'

// node apps/credential-vault/dist/projections.js status | rebuild NAME | drop NAME: see docs/operations.md.
await runProjectionsCommand('vault', [credentialState, connectorProjection])
