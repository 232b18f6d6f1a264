import { Type, type Static } from 'typebox'
import { Rule, Rules } from './rule.ts'

export const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** One HTTP request, its parts computed by rules. Absent parts are not sent. */
export const RequestDefinition = Type.Object(
  {
    method: Type.Enum(methods),
    path: Type.Union(
      [
        Type.String({ pattern: '^/[^?#]*$' }),
        Type.Array(Type.Unsafe<unknown>({ $ref: '#/$defs/rule' }), { minItems: 1 }),
      ],
      { description: 'A literal path, or its segments, each percent-encoded: [shipments, { $: input.id }, buy].' },
    ),
    query: Type.Optional(Rules('Query parameters; a list is repeated.')),
    headers: Type.Optional(Rules('Headers beside those the authentication and the body bring.')),
    body: Type.Optional(Rule('The body, sent as JSON.')),
    form: Type.Optional(Rules('The body, sent as a form; nested members become a[b], lists a[0].')),
  },
  { additionalProperties: false },
)
export type RequestDefinition = Static<typeof RequestDefinition>

export const Expectation = Type.Object(
  {
    status: Type.Optional(
      Type.Array(Type.Integer({ minimum: 100, maximum: 599 }), { minItems: 1, description: '200 to 299 unless said.' }),
    ),
    where: Type.Optional(Rule('What must hold of `response` (status, headers, body) beside: HTTP 2xx is not success.')),
  },
  { additionalProperties: false, description: 'What counts as success.' },
)
export type Expectation = Static<typeof Expectation>
