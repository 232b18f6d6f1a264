import { compileSchema, notFound, type RequestOf, type ResponseOf, type executor } from '@cartly/contracts'
import { appliedBy, compileMappings, compileRules, invert, MappingError, type CompiledMapping } from '@cartly/mapping'
import { previewChain, type CannedResponse } from '@cartly/request-chain'
import { credentialFields, type AuthSpec } from '@cartly/templates'
import { Type } from 'typebox'
import type { CompiledTemplates } from '../connectors/compiled-templates.ts'
import type { ConnectorIndex } from '../connectors/connector-index.ts'

const Canned = Type.Object(
  {
    status: Type.Optional(Type.Integer({ minimum: 100, maximum: 599 })),
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    body: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
)
const cannedResponses = compileSchema(Type.Record(Type.String(), Type.Union([Canned, Type.Array(Canned)])))

/** Shows what would be sent and what would come of it; nothing leaves, and no credential is asked for. */
export class Previews {
  readonly #index: ConnectorIndex
  readonly #templates: CompiledTemplates

  constructor(index: ConnectorIndex, templates: CompiledTemplates) {
    this.#index = index
    this.#templates = templates
  }

  /** @throws CartlyError `not_found`; `invalid` for answers that are none */
  async ofHook(request: RequestOf<typeof executor.preview>): Promise<ResponseOf<typeof executor.preview>> {
    const responses = cannedResponses.parse(request.responses ?? {}, 'responses')
    const connector = await this.#index.get(request.storeId, request.connectorId)
    const template = this.#templates.of(connector)
    const hook = this.#templates.hook(connector, request.hook)
    if (!hook) throw notFound('hook', request.hook)
    const { auth } = template.definition
    const { requests, output, error } = await previewChain(hook.chain, {
      input: request.input,
      settings: connector.settings,
      connection: connector.connection,
      execution: { id: 'exec_preview', key: 'preview' },
      baseUrl: template.baseUrl(connector),
      auth,
      credentials: placeholders(auth),
      responses: responses as Record<string, CannedResponse | CannedResponse[]>,
    })
    return {
      requests: requests.map((one) => ({ ...one, headers: { ...one.headers } })),
      ...(output === undefined ? {} : { output }),
      ...(error ? { error: { class: error.class, code: error.code, message: error.message } } : {}),
    }
  }

  async ofMapping(
    request: RequestOf<typeof executor.previewMapping>,
  ): Promise<ResponseOf<typeof executor.previewMapping>> {
    try {
      const output = await compilePreview(request).runLater({ input: request.input })
      return output === undefined ? {} : { output }
    } catch (error) {
      if (!(error instanceof MappingError)) throw error
      return { error: { code: error.code, message: error.message, pointer: error.pointer } }
    }
  }
}

/** @throws MappingError */
function compilePreview({
  mapping,
  mappings = {},
  direction,
}: RequestOf<typeof executor.previewMapping>): CompiledMapping {
  const rules = direction === 'backward' ? invert(mapping) : mapping
  const named = Object.entries(mappings).map(([name, of]) => [name, { rules: of, pointer: `/mappings/${name}` }])
  const refuse = (error: MappingError): never => {
    throw error
  }
  return compileRules({ rules, pointer: '' }, compileMappings(Object.fromEntries(named), refuse, appliedBy(rules)))
}

/** Stand-ins for the credentials, which a preview shows as redacted. */
const placeholders = (auth: AuthSpec): Record<string, string> =>
  Object.fromEntries(
    [...credentialFields(auth).map(({ name }) => name), 'accessToken'].map((name) => [name, PLACEHOLDER]),
  )

const PLACEHOLDER = '(the stored credential)'
