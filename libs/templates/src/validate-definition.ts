import type { FieldError } from '@cartly/contracts'
import { DefinitionError } from '@cartly/request-chain'
import { compileTemplate, type MappingOverrides } from './compile-template.ts'
import { runSamples } from './run-samples.ts'

/** What is wrong with a definition a merchant has written, and with the mappings put into it: empty when it can be used. */
export async function validateDefinition(definition: unknown, overrides: MappingOverrides = {}): Promise<FieldError[]> {
  try {
    const template = compileTemplate(definition, overrides)
    const results = await runSamples(template, template.definition.samples ?? [])
    return results.flatMap(({ problems }, index) =>
      problems.map((message) => ({ pointer: `/samples/${index}`, message })),
    )
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error
    return error.issues.map(({ pointer, message }) => ({ pointer, message }))
  }
}
