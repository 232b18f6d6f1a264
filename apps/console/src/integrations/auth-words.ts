const words: Record<string, string> = {
  none: 'No sign-in needed',
  api_key: 'API key',
  bearer: 'Access token',
  basic: 'User name and password',
  oauth2: 'Sign in with the service',
}

/** How a service is signed in to, as a merchant says it. */
export const authWords = (authType: string): string => words[authType] ?? authType
