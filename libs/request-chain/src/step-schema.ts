import type { JsonSchema } from '@cartly/mapping'
import type { StepDefinition } from './definition/step.ts'
import { closed } from './hook-schemas.ts'

/** What rules may read of the steps: their ids, and of each what its output writes out. */
export function stepsSchema(steps: readonly StepDefinition[]): JsonSchema {
  return { ...closed([]), properties: Object.fromEntries(steps.map((step) => [step.id, stepSchema(step)])) }
}

function stepSchema({ output, forEach, paginate, idempotency }: StepDefinition): JsonSchema {
  if (forEach) return { type: 'array', items: stepSchema({ output, paginate, idempotency } as StepDefinition) }
  if (output === undefined) return paginate ? { type: 'array' } : {}
  // What it gives when it was reconciled may have other members.
  return idempotency?.by === 'reconcile' && idempotency.output !== undefined ? {} : writtenSchema(output)
}

/** The members of an object whose members are written out; of an expression nothing is known. */
function writtenSchema(rule: unknown): JsonSchema {
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) return {}
  const members = Object.entries(rule)
  if (members.some(([name]) => name.startsWith('$'))) return {}
  const properties = Object.fromEntries(members.map(([name, member]) => [name, writtenSchema(member)]))
  return { ...closed([]), properties }
}
