/**
 * Does what a merchant's browser does with an authorization URL: opens it, follows to the consent page, allows or
 * denies, and follows until it is sent to the client. Returns that URL (with `code`, `state` and `iss`, or `error`)
 * without opening it.
 * @throws Error when the server shows an error page instead of redirecting.
 */
export async function walkConsent(authorizationUrl: string, decision: 'allow' | 'deny' = 'allow'): Promise<string> {
  const origin = new URL(authorizationUrl).origin
  const cookies = new Map<string, string>()

  const visit = async (url: string, form?: Record<string, string>): Promise<Response> => {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';', 1)
      const at = pair.indexOf('=')
      cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
    return response
  }

  let url = authorizationUrl
  let response = await visit(url)
  while (true) {
    const location = response.headers.get('location')
    if (location) {
      url = new URL(location, url).href
      if (new URL(url).origin !== origin) return url
      response = await visit(url)
    } else if (response.ok && url.includes('/interaction/')) {
      response = await visit(url, { account: 'ada@harbor.example', decision })
    } else {
      throw new Error(`The authorization server answered ${response.status}: ${(await response.text()).slice(0, 500)}`)
    }
  }
}
