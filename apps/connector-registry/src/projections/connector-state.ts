import { connectorEvents } from '@cartly/contracts'
import { aggregateProjection } from '@cartly/event-store'
import { connector } from '../domain/connector.ts'

/** The row on which commands are decided. */
export const connectorState = aggregateProjection(connectorEvents, connector, 3)
