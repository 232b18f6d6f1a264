import { REDACTED } from '@cartly/contracts'

/** The members named, made unreadable; names are compared in lower case. */
export const hideMembers = (
  members: Readonly<Record<string, string>>,
  names: Iterable<string>,
): Record<string, string> => {
  const hidden = new Set([...names].map((name) => name.toLowerCase()))
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [name, hidden.has(name.toLowerCase()) ? REDACTED : value]),
  )
}
