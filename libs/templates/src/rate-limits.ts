import type { CredentialValues, DefinitionIssue } from '@cartly/request-chain'
import type { RateLimit, TemplateDefinition } from './definition.ts'

type Limited = Pick<TemplateDefinition, 'auth' | 'rateLimits'>

/** The limits that hold for these credentials: those for test keys where they are such, the others where not. */
export function limitsFor({ auth, rateLimits = [] }: Limited, credentials: CredentialValues): readonly RateLimit[] {
  const prefixes = testKeysOf(auth)
  const isTest = Object.values(credentials).some((value) => prefixes.some((prefix) => value.startsWith(prefix)))
  const ofTests = rateLimits.filter(({ test }) => test)
  return isTest && ofTests.length > 0 ? ofTests : rateLimits.filter(({ test }) => !test)
}

/** Limits for test keys of which nothing tells what they look like. */
export function limitIssues({ auth, rateLimits = [] }: Limited): DefinitionIssue[] {
  if (testKeysOf(auth).length > 0) return []
  return rateLimits.flatMap(({ test }, index) => {
    const message = 'nothing tells keys for tests from others: say auth.testKeys'
    return test ? [{ code: 'missing', pointer: `/rateLimits/${index}/test`, message }] : []
  })
}

const testKeysOf = (auth: Limited['auth']): readonly string[] => ('testKeys' in auth ? (auth.testKeys ?? []) : [])
