import { invalid, type FieldError } from '@cartly/contracts'
import { EgressError, type Egress } from '@cartly/egress'
import { wrongAddress, type TemplateDefinition } from '@cartly/templates'

/** Says which addresses may be reached. The executor's door decides again, when it connects. */
export type AddressRules = Pick<Egress, 'checkUrl'>

/**
 * Checks the addresses that a store has written: its connector's own, and those in a definition of its own.
 * @throws CartlyError `invalid` with the place of each that cannot be used
 */
export function checkAddresses(
  rules: AddressRules,
  { endpoints, own }: { endpoints: { baseUrl?: string }; own?: TemplateDefinition },
): void {
  const { auth, baseUrl } = own ?? {}
  const written: (readonly [pointer: string, address: unknown])[] = [
    ['/endpoints/baseUrl', endpoints.baseUrl],
    ['/definition/baseUrl', baseUrl],
    ['/definition/auth/tokenUrl', auth?.type === 'oauth2' ? auth.tokenUrl : undefined],
    ['/definition/auth/revocationUrl', auth?.type === 'oauth2' ? auth.revocationUrl : undefined],
  ]
  const errors = written.flatMap(([pointer, address]): FieldError[] => {
    const message = typeof address === 'string' ? whyNot(rules, address) : undefined
    return message ? [{ pointer, message }] : []
  })
  if (errors.length > 0) throw invalid('invalid_address', 'An address cannot be used', errors)
}

function whyNot(rules: AddressRules, address: string): string | undefined {
  const wrong = wrongAddress(address)
  if (wrong) return wrong
  try {
    rules.checkUrl(address)
    return undefined
  } catch (error) {
    if (error instanceof EgressError) return error.message
    throw error
  }
}
