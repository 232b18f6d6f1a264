import { page, registry, TemplateDetail, TemplateSummary } from '@cartly/contracts'
import { Type } from 'typebox'
import { route, type Route } from '../api/route.ts'
import { pageOf, paging } from './paging.ts'

const slug = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$', description: 'Name of a template, such as `shippo`' })
const version = Type.String({
  pattern: '^\\d{1,6}\\.\\d{1,6}\\.\\d{1,6}$',
  description: 'Version of a template, such as `1.0.0`',
})

const tag = 'Templates'
const scopes = ['integrations:read'] as const

export const templateRoutes: readonly Route[] = [
  route({
    id: 'listTemplates',
    method: 'GET',
    path: '/v1/templates',
    tag,
    summary: 'List the services that a store can connect',
    scopes,
    params: {},
    query: {
      category: Type.Optional(Type.String({ maxLength: 100, description: 'Such as `shipping`' })),
      q: Type.Optional(Type.String({ maxLength: 100, description: 'Words of the name or the description' })),
      ...paging,
    },
    response: page(TemplateSummary),
    tells: { slug: '/data/0/slug' },
    handle: ({ query, ask }) => ask(registry.listTemplates, pageOf(query)),
  }),
  route({
    id: 'getTemplate',
    method: 'GET',
    path: '/v1/templates/{slug}',
    tag,
    summary: 'Read the newest version of a template',
    scopes,
    params: { slug },
    response: TemplateDetail,
    tells: { version: '/version' },
    handle: ({ params, ask }) => ask(registry.getTemplate, params),
  }),
  route({
    id: 'getTemplateVersion',
    method: 'GET',
    path: '/v1/templates/{slug}/versions/{version}',
    tag,
    summary: 'Read one version of a template',
    scopes,
    params: { slug, version },
    response: TemplateDetail,
    handle: ({ params, ask }) => ask(registry.getTemplate, params),
  }),
]
