import { MAX_EXPRESSION_CHARS } from '@cartly/mapping'
import { errorClasses } from '@cartly/contracts'
import {
  AuthSpec,
  ErrorReading,
  forChecking,
  forEditors,
  HookDefinition,
  methods,
  Rule,
  SchemaOrName,
  TestConnectionDefinition,
} from '@cartly/request-chain'
import { Type, type Static } from 'typebox'

const strict = { additionalProperties: false } as const

export const categories = [
  'shipping',
  'marketing',
  'accounting',
  'crm',
  'messaging',
  'tax',
  'payments',
  'search',
  'other',
] as const

/** Of hooks and mappings. */
const Name = '^[a-z][a-z0-9_]{0,63}$'

const CannedResponse = Type.Object(
  {
    status: Type.Optional(Type.Integer()),
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    body: Type.Optional(Type.Unknown()),
  },
  strict,
)

/** An example that is run as a test: given this input and these answers, the hook sends that and gives this. */
export const Sample = Type.Object(
  {
    description: Type.String(),
    hook: Type.String(),
    input: Type.Unknown(),
    settings: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    connection: Type.Optional(Type.Record(Type.String(), Type.String())),
    event: Type.Optional(
      Type.Object({ id: Type.String(), type: Type.String(), time: Type.String(), storeId: Type.String() }, strict),
    ),
    responses: Type.Record(Type.String(), Type.Union([CannedResponse, Type.Array(CannedResponse)]), {
      description: "The service's answers, by step.",
    }),
    requests: Type.Optional(
      Type.Array(
        Type.Object(
          {
            step: Type.String(),
            method: Type.String(),
            path: Type.String({ description: 'With the query, without the base address.' }),
            headers: Type.Optional(Type.Record(Type.String(), Type.String())),
            body: Type.Optional(Type.Unknown()),
            form: Type.Optional(
              Type.Record(Type.String(), Type.Unknown(), { description: 'The body, where it is sent as a form.' }),
            ),
          },
          strict,
        ),
        { description: 'What is sent, in order; headers and bodies only as far as they are written here.' },
      ),
    ),
    output: Type.Optional(Type.Unknown({ description: 'What the hook gives, whole.' })),
    error: Type.Optional(
      Type.Object(
        { class: Type.Enum(errorClasses), code: Type.Optional(Type.String()) },
        { ...strict, description: 'How it fails.' },
      ),
    ),
  },
  strict,
)
export type Sample = Static<typeof Sample>

export const NamedMapping = Type.Object(
  {
    description: Type.String(),
    input: Type.Optional(SchemaOrName('input')),
    output: Type.Optional(SchemaOrName('output')),
    rules: Type.Union([
      Rule('The mapping: reads `input`.'),
      Type.Object(
        { $jsonata: Type.String({ maxLength: MAX_EXPRESSION_CHARS }) },
        { ...strict, description: 'JSONata, for what the functions cannot say; it runs in a process of its own.' },
      ),
    ]),
  },
  {
    ...strict,
    description:
      'A mapping that rules use by { $apply: { mapping, to } }, and that a connector may replace; both are held against input and output.',
  },
)
export type NamedMapping = Static<typeof NamedMapping>

const RateLimit = Type.Object(
  {
    requests: Type.Integer({ minimum: 1 }),
    perSeconds: Type.Integer({ minimum: 1 }),
    methods: Type.Optional(
      Type.Array(Type.Unsafe<string>(Type.Enum(methods)), {
        minItems: 1,
        uniqueItems: true,
        description: 'Of these methods only.',
      }),
    ),
    test: Type.Optional(Type.Boolean({ description: 'Holds for test credentials only.' })),
  },
  { ...strict, description: 'So many requests in so many seconds, for one set of credentials.' },
)
export type RateLimit = Static<typeof RateLimit>

/** A service, as data: how it is reached, and what it can do for a store. */
export const TemplateDefinition = Type.Object(
  {
    slug: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }),
    name: Type.String({ minLength: 1, maxLength: 60 }),
    version: Type.String({
      pattern: '^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)$',
      description: 'Semantic version; connectors are pinned to it.',
    }),
    category: Type.Enum(categories),
    description: Type.String({ minLength: 1, maxLength: 300 }),
    docsUrl: Type.String({ format: 'uri', pattern: '^https?://' }),
    auth: AuthSpec,
    settings: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'JSON Schema of what a merchant may set; no secrets.',
      }),
    ),
    baseUrl: Rule('The address all paths are below: text, or a rule over `settings` and `connection`.'),
    rateLimits: Type.Optional(Type.Array(RateLimit, { minItems: 1 })),
    testConnection: TestConnectionDefinition,
    errors: Type.Optional(ErrorReading),
    mappings: Type.Optional(Type.Record(Type.String({ pattern: Name }), NamedMapping, strict)),
    hooks: Type.Record(Type.String({ pattern: Name }), HookDefinition, { ...strict, minProperties: 1 }),
    samples: Type.Optional(Type.Array(Sample, { maxItems: 20, description: 'Examples that are run as tests.' })),
    provenance: Type.Optional(
      Type.Object(
        {
          checked: Type.Array(Type.String(), { description: 'What was held against recordings or a specification.' }),
          secondHand: Type.Array(Type.String(), { description: 'What is only known at second hand, and from where.' }),
        },
        { ...strict, description: 'How well the facts in this template are known.' },
      ),
    ),
  },
  strict,
)
export type TemplateDefinition = Static<typeof TemplateDefinition>

/** The schema of `template.yaml` for editors, with the mapping language spelled out. */
export const templateJsonSchema = (): object => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Cartly template',
  ...forEditors(TemplateDefinition),
})

/** The schema that definitions are held against; rules are left to the compiler. */
export const templateShape = forChecking(TemplateDefinition)
