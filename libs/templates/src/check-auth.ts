import { FORBIDDEN_HEADERS, HEADER_NAME, type AuthSpec, type DefinitionIssue } from '@cartly/request-chain'
import { credentialFields } from './credential-fields.ts'

/** What is wrong with an authentication beyond its shape. */
export function authIssues(auth: AuthSpec): DefinitionIssue[] {
  return [...fieldIssues(auth), ...placeIssues(auth), ...captureIssues(auth)]
}

/** Fields are shown by the names of the credentials; a name of one's own would be shown nowhere. */
function fieldIssues(auth: AuthSpec): DefinitionIssue[] {
  if (auth.type === 'none') return []
  const asked = credentialFields(auth).map(({ name }) => name)
  if (asked.length === 0) return [issue('no_credential', '/auth', 'it asks for no credential; say type: none')]
  return Object.entries(auth.fields ?? {}).flatMap(([name, { pattern }]) => {
    const at = `/auth/fields/${name}`
    if (!asked.includes(name)) {
      const message = `${auth.type} asks for no "${name}"; it asks for ${asked.join(' and ')}`
      return [issue('unknown_credential', at, message)]
    }
    return patternIssues(pattern, `${at}/pattern`)
  })
}

function placeIssues(auth: AuthSpec): DefinitionIssue[] {
  const [place, pointer] =
    auth.type === 'oauth2' ? ([auth.tokenPlacement, '/auth/tokenPlacement'] as const) : ([auth, '/auth'] as const)
  if (!place || !('in' in place) || place.in !== 'header') return []
  const name = place.name.toLowerCase()
  if (name === 'authorization' || (HEADER_NAME.test(name) && !FORBIDDEN_HEADERS.has(name))) return []
  return [issue('bad_header', `${pointer}/name`, `"${place.name}" is not a header that can carry a credential`)]
}

function captureIssues(auth: AuthSpec): DefinitionIssue[] {
  if (auth.type !== 'oauth2') return []
  return (auth.capture ?? []).flatMap(({ name, pattern }, index, all) => [
    ...(all.findIndex((other) => other.name === name) < index
      ? [issue('duplicate_name', `/auth/capture/${index}/name`, `"${name}" is captured twice`)]
      : []),
    ...patternIssues(pattern, `/auth/capture/${index}/pattern`),
  ])
}

function patternIssues(pattern: string | undefined, pointer: string): DefinitionIssue[] {
  return pattern === undefined || isPattern(pattern)
    ? []
    : [issue('bad_pattern', pointer, 'this is no regular expression')]
}

function isPattern(text: string): boolean {
  try {
    return RegExp(text, 'u') !== undefined
  } catch {
    return false
  }
}

const issue = (code: string, pointer: string, message: string): DefinitionIssue => ({ code, pointer, message })
