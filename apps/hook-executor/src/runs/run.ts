import type { ConnectorId, ExecutionId, InvokeResult, StoreId } from '@cartly/contracts'
import type { Ending, Execution } from '../execution/execution.ts'

/** A hook that is to be brought to its end, over any number of tries and processes. */
export interface Run {
  /** Of its first try. */
  readonly executionId: ExecutionId
  readonly storeId: StoreId
  readonly connectorId: ConnectorId
  readonly hook: string
  readonly trigger: Execution['trigger']
  readonly replayOf: ExecutionId | null
  readonly key: string
  readonly event: Execution['event'] | null
  readonly input: unknown
  /** The try that is being made: 1, 2, … */
  readonly tries: number
  /** When this try was due. */
  readonly dueAt: Date
  /** The sequence of the connector that it was begun with, once it is bound to that. */
  readonly pinnedTo: number | null
  readonly traceparent: string | null
}

/** What a caller is told of a run, once it has ended. */
export type RunResult = Omit<InvokeResult, 'connectorId'>

export const resultOf = (executionId: ExecutionId, { status, source, output, error }: Ending): RunResult => ({
  executionId,
  status,
  source,
  ...(output === undefined ? {} : { output }),
  ...(error ? { error } : {}),
})

/** This process no longer has the run: another has taken it over, and nothing more may be done for it here. */
export class RunLost extends Error {
  constructor(executionId: ExecutionId) {
    super(`The run ${executionId} has been taken over by another process`)
    this.name = 'RunLost'
  }
}
