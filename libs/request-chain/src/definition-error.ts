/** One thing wrong in a definition. `pointer` is an RFC 6901 JSON Pointer into it. */
export interface DefinitionIssue {
  readonly code: string
  readonly pointer: string
  readonly message: string
}

/** A definition that cannot be used, with everything that is wrong in it. */
export class DefinitionError extends Error {
  readonly issues: readonly DefinitionIssue[]

  constructor(issues: readonly DefinitionIssue[]) {
    super(issues.map(({ pointer, message }) => `${pointer || '/'}: ${message}`).join('\n'))
    this.name = 'DefinitionError'
    this.issues = issues
  }
}
