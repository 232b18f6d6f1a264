import { credentialEvents } from '@cartly/contracts'
import { aggregateProjection } from '@cartly/event-store'
import { credentialDecider } from '../domain/credential.ts'

/** The row on which commands are decided. */
export const credentialState = aggregateProjection(credentialEvents, credentialDecider, 1)
