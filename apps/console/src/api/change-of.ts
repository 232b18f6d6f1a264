type Named = Readonly<Record<string, unknown>>

/**
 * What to send for `after` to stand where `before` stood, where the API merges name by name: what differs, and `null` for
 * what is gone.
 */
export function changeOf<T extends Named>(before: T, after: T): { [K in keyof T]?: T[K] | null } {
  const gone = Object.keys(before).filter((name) => !(name in after))
  const changed = Object.entries(after).filter(
    ([name, value]) => JSON.stringify(before[name]) !== JSON.stringify(value),
  )
  return Object.fromEntries([...gone.map((name) => [name, null]), ...changed])
}
