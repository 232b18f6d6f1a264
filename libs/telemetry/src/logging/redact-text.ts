export const REDACTED = '[redacted]'

/** Names that hold a secret wherever they stand, compared without case, `-` and `_`. */
const secretNames = new Set(['authorization', 'proxyauthorization', 'cookie', 'setcookie', 'code', 'codeverifier'])
const secretEndings = /(?:password|passphrase|secret|token|apikey|privatekey|assertion)$/

const MAX_TEXT = 8_192

/** Whether a field of this name is hidden: `apiKey`, `client_secret`, `Set-Cookie`, an OAuth `code`, … */
export function isSecretName(name: string): boolean {
  const bare = name.toLowerCase().replaceAll(/[-_]/g, '')
  return secretNames.has(bare) || secretEndings.test(bare)
}

/** A URL in text loses its user info and the values of its secret query parameters; long text is cut. */
export function redactText(text: string): string {
  const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
  return short.includes('://') ? short.replaceAll(/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi, redactUrl) : short
}

const redactUrl = (url: string): string =>
  url
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@]*@/i, `$1${REDACTED}@`)
    .replaceAll(/([?&#])([^=&#]+)=([^&#]*)/g, (whole, mark: string, name: string) =>
      isSecretName(name) ? `${mark}${name}=${REDACTED}` : whole,
    )
