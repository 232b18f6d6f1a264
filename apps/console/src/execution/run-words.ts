import type { Schemas } from '../api/client.ts'

/** What a run was of: a hook by its name, or a test of the connection. */
export const runWords = ({ hook, trigger }: Pick<Schemas['ExecutionSummary'], 'hook' | 'trigger'>): string =>
  trigger === 'test' ? 'Test of the connection' : hook
