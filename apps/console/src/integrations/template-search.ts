import type { Template } from './queries.ts'

/** Whether a template is of the category (any, when empty) and holds every word, whatever its case. */
export function matches({ name, slug, category, description, hooks }: Template, words: string, only: string): boolean {
  if (only && category !== only) return false
  const text = [name, slug, category, description, ...hooks].join(' ').toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
