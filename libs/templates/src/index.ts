export { wrongAddress } from './address.ts'
export { exportArazzo, type ArazzoExport } from './arazzo/export-arazzo.ts'
export { AuthSpec, type AuthorizationCodeAuth, type ClientCredentialsAuth } from '@cartly/request-chain'
export {
  compileTemplate,
  resolveHook,
  type CompiledTemplate,
  type ConnectorAddress,
  type MappingOverrides,
} from './compile-template.ts'
export { credentialFields, type CredentialField } from './credential-fields.ts'
export { NamedMapping, Sample, TemplateDefinition, templateJsonSchema, type RateLimit } from './definition.ts'
export {
  catalogDirectory,
  CatalogError,
  loadCatalog,
  loadTemplate,
  type Catalog,
  type CatalogEntry,
} from './load-catalog.ts'
export { main as runTemplateTool } from './cli.ts'
export { limitsFor } from './rate-limits.ts'
export { runSamples, type SampleResult } from './run-samples.ts'
export { validateDefinition } from './validate-definition.ts'
