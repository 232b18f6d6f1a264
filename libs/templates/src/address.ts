/** What is wrong with the address of a service, if anything is: a connector's own, or a template's. */
export function wrongAddress(address: string): string | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (!url) return 'must be an absolute URL'
  if (!/^https?:$/.test(url.protocol)) return 'must begin with https://'
  if (url.username || url.password) return 'must not hold credentials'
  return url.search || url.hash ? 'must end with its path' : undefined
}
