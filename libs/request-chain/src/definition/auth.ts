import { Type, type Static } from 'typebox'

const strict = { additionalProperties: false } as const
const HttpUrl = Type.String({ format: 'uri', pattern: '^https?://' })

/** What a merchant is asked for. */
const FieldText = Type.Object(
  {
    label: Type.Optional(Type.String()),
    help: Type.Optional(Type.String()),
    helpUrl: Type.Optional(HttpUrl),
    pattern: Type.Optional(Type.String({ description: 'A regular expression (ECMA-262) that the value must match.' })),
  },
  strict,
)
const fields = Type.Optional(
  Type.Record(Type.String(), FieldText, { description: 'How each credential field is shown, by its name.' }),
)

const testKeys = Type.Optional(
  Type.Array(Type.String({ minLength: 1 }), {
    minItems: 1,
    description: 'What keys for tests begin with; rate limits that are marked `test` hold for these alone.',
  }),
)

export const ApiKeyAuth = Type.Object(
  {
    type: Type.Literal('api_key'),
    in: Type.Enum(['header', 'query']),
    name: Type.String({ minLength: 1, description: 'The header or query parameter.' }),
    prefix: Type.Optional(
      Type.String({ pattern: '^[ -~]*$', description: 'What stands before the key, with its space: "ShippoToken ".' }),
    ),
    testKeys,
    fields,
  },
  { ...strict, description: 'A key, credential field apiKey.' },
)

const BasicPart = Type.Union([
  Type.Object({ field: Type.String() }, strict),
  Type.Object({ value: Type.String({ description: 'The same for everyone; often empty.' }) }, strict),
])

export const BasicAuth = Type.Object(
  { type: Type.Literal('basic'), username: BasicPart, password: BasicPart, testKeys, fields },
  { ...strict, description: 'HTTP Basic (RFC 7617).' },
)

export const BearerAuth = Type.Object(
  { type: Type.Literal('bearer'), testKeys, fields },
  { ...strict, description: 'A token in the Authorization header (RFC 6750), credential field apiKey.' },
)

const TokenPlacement = Type.Object(
  {
    in: Type.Enum(['header', 'query']),
    name: Type.String({ minLength: 1 }),
    prefix: Type.Optional(Type.String({ pattern: '^[ -~]*$' })),
  },
  { ...strict, description: 'Where requests carry the access token; "Authorization: Bearer …" unless said.' },
)

const Capture = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z][a-zA-Z0-9]*$', description: 'Read as connection.<name>.' }),
    from: Type.Enum(['callback', 'token'], { description: "The callback's parameters, or the token reply." }),
    key: Type.String({ description: 'Its name there; in the token reply dotted, when it is inside another: team.id.' }),
    pattern: Type.Optional(Type.String({ description: 'A regular expression (ECMA-262) that it must match.' })),
  },
  strict,
)

const tokenEndpoint = {
  tokenUrl: HttpUrl,
  revocationUrl: Type.Optional(HttpUrl),
  scopes: Type.Array(Type.String()),
  scopeSeparator: Type.Optional(Type.String({ description: 'A space unless said (RFC 6749 §3.3).' })),
  scopeParameter: Type.Optional(Type.String({ description: '"scope" unless said.' })),
  clientAuth: Type.Optional(
    Type.Enum(['basic', 'post', 'none'], {
      description: 'How the client shows itself to the token endpoint, basic unless said.',
    }),
  ),
  tokenParameters: Type.Optional(
    Type.Record(Type.String(), Type.String(), { description: 'Sent with every token request.' }),
  ),
  tokenRequestFormat: Type.Optional(Type.Enum(['form', 'json'])),
  tokenPlacement: Type.Optional(TokenPlacement),
  defaultExpirySeconds: Type.Optional(
    Type.Integer({ minimum: 60, description: 'How long a token lives when the reply does not say.' }),
  ),
  capture: Type.Optional(Type.Array(Capture)),
  fields,
}

export const AuthorizationCodeAuth = Type.Object(
  {
    type: Type.Literal('oauth2'),
    grant: Type.Literal('authorization_code'),
    authorizationUrl: HttpUrl,
    ...tokenEndpoint,
    issuer: Type.Optional(
      Type.String({
        format: 'uri',
        description: 'What `iss` in the callback must be (RFC 9207), and where its metadata is (RFC 8414).',
      }),
    ),
    pkce: Type.Optional(Type.Boolean({ description: 'S256, true unless said (RFC 7636).' })),
    authorizationParameters: Type.Optional(Type.Record(Type.String(), Type.String())),
    codeParameter: Type.Optional(Type.String({ description: 'What the callback calls the code, "code" unless said.' })),
    refreshParameters: Type.Optional(Type.Record(Type.String(), Type.String())),
    replayWindowSeconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: "How long a refresh token that was used may be used again, by the provider's word; 0 unless said.",
      }),
    ),
    idleExpirySeconds: Type.Optional(
      Type.Integer({ minimum: 1, description: 'A grant not refreshed for so long is lost.' }),
    ),
    absoluteExpirySeconds: Type.Optional(Type.Integer({ minimum: 1, description: 'A grant older than this is lost.' })),
  },
  { ...strict, description: 'OAuth 2.0 authorization code with PKCE; credential fields clientId and clientSecret.' },
)
export type AuthorizationCodeAuth = Static<typeof AuthorizationCodeAuth>

export const ClientCredentialsAuth = Type.Object(
  { type: Type.Literal('oauth2'), grant: Type.Literal('client_credentials'), ...tokenEndpoint },
  { ...strict, description: 'OAuth 2.0 client credentials; credential fields clientId and clientSecret.' },
)
export type ClientCredentialsAuth = Static<typeof ClientCredentialsAuth>

/** How a service is shown who asks. */
export const AuthSpec = Type.Union([
  ApiKeyAuth,
  BasicAuth,
  BearerAuth,
  AuthorizationCodeAuth,
  ClientCredentialsAuth,
  Type.Object({ type: Type.Literal('none') }, strict),
])
export type AuthSpec = Static<typeof AuthSpec>
