import { compileJsonSchema } from '@cartly/contracts'
import type { DefinitionIssue } from '@cartly/request-chain'

interface Setting {
  readonly default?: unknown
}
interface SettingsSchema {
  readonly type?: unknown
  readonly properties?: Readonly<Record<string, Setting>>
  readonly required?: readonly string[]
  readonly additionalProperties?: unknown
}

/** What is wrong with the JSON Schema of a template's settings. */
export function settingsIssues(schema: SettingsSchema): DefinitionIssue[] {
  const { type, properties = {}, required = [], additionalProperties } = schema
  const issues: DefinitionIssue[] = []
  const report = (pointer: string, message: string): void =>
    void issues.push({ code: 'bad_schema', pointer: `/settings${pointer}`, message })
  try {
    compileJsonSchema(schema)
  } catch (error) {
    report('', `this is no JSON Schema: ${error instanceof Error ? error.message : error}`)
    return issues
  }
  if (type !== 'object') report('/type', 'settings are an object: say type: object')
  for (const [index, name] of required.entries()) {
    if (additionalProperties === false && !Object.hasOwn(properties, name)) {
      report(`/required/${index}`, `there is no setting "${name}"`)
    }
  }
  for (const [name, setting] of Object.entries(properties)) {
    if (setting.default === undefined) continue
    const [wrong] = compileJsonSchema(setting).errors(setting.default)
    if (wrong)
      report(`/properties/${name}/default`, `the default does not fit: ${wrong.pointer} ${wrong.message}`.trim())
  }
  return issues
}
