import type { HookSummary, TemplateDetail, TemplateSummary } from '@cartly/contracts'
import { DEFAULT_HOOK_DEADLINE_MS } from '@cartly/request-chain'
import { credentialFields, type CatalogEntry, type TemplateDefinition } from '@cartly/templates'

export function templateSummary({ definition, icon }: CatalogEntry): TemplateSummary {
  const { slug, name, version, category, description, docsUrl, auth, hooks } = definition
  return {
    slug,
    name,
    version,
    category,
    description,
    docsUrl,
    authType: auth.type,
    ...(icon ? { icon } : {}),
    hooks: Object.keys(hooks),
  }
}

export function templateDetail(entry: CatalogEntry, versions: readonly string[]): TemplateDetail {
  const { definition, icon, samples } = entry
  const { slug, name, version, category, description, docsUrl, auth, baseUrl, rateLimits, provenance } = definition
  return {
    slug,
    name,
    version,
    versions: [...versions],
    category,
    description,
    docsUrl,
    ...(icon ? { icon } : {}),
    auth,
    credentialFields: credentialFields(auth),
    settings: definition.settings ?? { type: 'object', properties: {} },
    baseUrl: typeof baseUrl === 'string' ? baseUrl : JSON.stringify(baseUrl),
    ...(rateLimits ? { rateLimits } : {}),
    testConnection: definition.testConnection,
    mappings: definition.mappings ?? {},
    hooks: hookSummaries(definition),
    samples,
    ...(provenance ? { provenance } : {}),
  }
}

export const hookSummaries = ({ hooks }: TemplateDefinition): HookSummary[] =>
  Object.entries(hooks).map(([name, hook]) => ({
    name,
    description: hook.description,
    on: hook.on ?? [],
    ...(hook.input === undefined ? {} : { input: hook.input }),
    ...(hook.output === undefined ? {} : { output: hook.output }),
    deadlineMs: hook.deadlineMs ?? DEFAULT_HOOK_DEADLINE_MS,
  }))
