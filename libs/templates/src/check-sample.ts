import { compileJsonSchema, compileSchema, storeEventTypes } from '@cartly/contracts'
import type { Preview } from '@cartly/request-chain'
import { Sample, type TemplateDefinition } from './definition.ts'

const shape = compileSchema(Sample)

/** What is wrong with a sample itself, before it is run: what it says of its hook that the template does not know. */
export function sampleIssues({ hooks, settings }: TemplateDefinition, sample: Sample): string[] {
  const issues = shape.errors(sample).map(({ pointer, message }) => `${pointer}: ${message}`)
  if (issues.length > 0) return issues
  const hook = hooks[sample.hook]
  if (!hook) return [`/hook: there is no hook "${sample.hook}"; there is ${Object.keys(hooks).join(', ')}`]
  if (sample.output !== undefined && sample.error) issues.push('it says both what is given and how it fails')
  if (!sample.requests && sample.output === undefined && !sample.error) {
    issues.push('it says nothing of what should come of it: give requests, output or error')
  }
  for (const step of Object.keys(sample.responses)) {
    if (!hook.steps.some(({ id }) => id === step)) issues.push(`/responses/${step}: there is no step "${step}"`)
  }
  if (settings) {
    const wrong = compileJsonSchema(settings).errors(sample.settings ?? {})
    issues.push(...wrong.map(({ pointer, message }) => `/settings${pointer}: ${message}`))
  }
  return [...issues, ...eventIssues(sample, hook.on)]
}

function eventIssues({ event, input }: Sample, on: readonly string[] = []): string[] {
  if (!event) return []
  const known = storeEventTypes.find(({ type }) => type === event.type)
  if (!known || !on.includes(event.type)) return [`/event/type: the hook does not run on ${event.type}`]
  return compileJsonSchema(known.data)
    .errors(input)
    .map(({ pointer, message }) => `/input${pointer}: ${message}`)
}

/** Answers that were given to steps which never asked for them. */
export function unusedResponses({ responses }: Sample, { requests }: Preview): string[] {
  return Object.entries(responses).flatMap(([step, given]) => {
    const asked = requests.filter((request) => request.step === step).length
    const has = Array.isArray(given) ? given.length : 1
    return has > asked ? [`/responses/${step}: ${has} given, and "${step}" asks ${asked} times`] : []
  })
}
