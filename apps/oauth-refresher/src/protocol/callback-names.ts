import type { AuthorizationCodeAuth } from '@cartly/templates'

/** The callback with the names of RFC 6749, and without an `iss` that there is nothing to compare with. */
export function inStandardNames(
  { codeParameter, issuer }: AuthorizationCodeAuth,
  parameters: Readonly<Record<string, string>>,
): URLSearchParams {
  const standard = new URLSearchParams(parameters)
  const code = codeParameter === undefined ? undefined : parameters[codeParameter]
  if (code !== undefined) standard.set('code', code)
  if (issuer === undefined) standard.delete('iss')
  return standard
}
