import type { RequestOf, TemplateSummary, registry } from '@cartly/contracts'
import { decodeCursor, pageOf, type Page } from '@cartly/read-model'
import type { TemplateBook } from '../templates/template-book.ts'
import { templateSummary } from '../templates/views.ts'

/** The catalogue by category and by words in name, description and hooks, in the order of names. */
export function listTemplates(
  { catalog }: TemplateBook,
  { category, q, limit, cursor }: RequestOf<typeof registry.listTemplates>,
): Page<TemplateSummary> {
  const after = cursor === undefined ? '' : String(decodeCursor(cursor, ['string'])[0])
  const words = (q ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  const found = catalog
    .list()
    .map(templateSummary)
    .filter((template) => category === undefined || template.category === category)
    .filter(({ name, slug, description, hooks, category: of }) => {
      const text = [name, slug, description, of, ...hooks].join(' ').toLowerCase()
      return words.every((word) => text.includes(word))
    })
    .toSorted((a, b) => (a.slug < b.slug ? -1 : 1))
    .filter(({ slug }) => slug > after)
  return pageOf(
    found,
    limit,
    ({ slug }) => [slug],
    (template) => template,
  )
}
