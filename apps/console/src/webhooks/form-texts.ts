/** Headers as a person writes them: one a line, a colon between name and value. */
export const headersText = (headers: Readonly<Record<string, string>> = {}): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')

export const headersIn = (text: string): Record<string, string> =>
  Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const colon = line.indexOf(':')
      return colon > 0 ? [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()]] : []
    }),
  )

export const secondsText = (seconds: readonly number[] = []): string => seconds.join(', ')

export const secondsIn = (text: string): number[] =>
  text
    .split(',')
    .map((part) => Number(part.trim()))
    .filter((seconds) => Number.isInteger(seconds) && seconds > 0)
