import { endpointEvents } from '@cartly/contracts'
import { aggregateProjection } from '@cartly/event-store'
import { endpoint } from '../domain/endpoint.ts'

/** The row on which commands are decided. */
export const endpointState = aggregateProjection(endpointEvents, endpoint, 3)
