import { oauthConnectionEvents } from '@cartly/contracts'
import { aggregateProjection } from '@cartly/event-store'
import { connectionDecider } from '../domain/connection.ts'

/** The row on which commands are decided. */
export const connectionState = aggregateProjection(oauthConnectionEvents, connectionDecider, 2)
