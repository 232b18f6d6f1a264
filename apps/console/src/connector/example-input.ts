import type { Connector } from '../integrations/queries.ts'
import type { Service } from '../integrations/use-service.ts'

interface Sample {
  readonly hook?: string
  readonly input?: unknown
}

/** An input to begin with: that of the template's first sample for this hook, else nothing. */
export function exampleInput(hook: Connector['hooks'][number], service: Service): unknown {
  const samples = (Array.isArray(service.samples) ? service.samples : []) as Sample[]
  return samples.find((sample) => sample.hook === hook.name)?.input ?? {}
}
