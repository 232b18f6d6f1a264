/** Where an answer came from, as a merchant says it. */
export const sourceWords: Readonly<Record<string, { label: string; color: string }>> = {
  live: { label: 'Asked the service', color: 'brand' },
  cache: { label: 'A fresh answer from before', color: 'blue' },
  stale: { label: 'An older answer, the service being away', color: 'yellow' },
  backup: { label: 'The backup you set', color: 'orange' },
}
