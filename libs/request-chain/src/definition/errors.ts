import { errorClasses } from '@cartly/contracts'
import { Type, type Static } from 'typebox'
import { Rule } from './rule.ts'

const Status = Type.Union([
  Type.Integer({ minimum: 100, maximum: 599 }),
  Type.String({ pattern: '^[1-5]xx$', description: 'A hundred of them: 5xx.' }),
])
const Code = Type.String({
  pattern: '^[^*]*\\*?$',
  minLength: 1,
  description: "The service's own code; one that ends in * stands for all that begin so.",
})

/** Says of some failures what they are. The first that fits decides. */
export const ErrorRule = Type.Object(
  {
    status: Type.Optional(Type.Union([Status, Type.Array(Status, { minItems: 1 })])),
    code: Type.Optional(Type.Union([Code, Type.Array(Code, { minItems: 1 })])),
    where: Type.Optional(Rule('What must hold of `response`.')),
    class: Type.Enum(errorClasses, {
      description:
        'transient: not done, and worth repeating. configuration: someone must change credentials or settings. permanent: this input will never do. unknown: it may have been done.',
    }),
    means: Type.Optional(Type.String({ description: 'What it means, as a sentence.' })),
    fix: Type.Optional(Type.String({ description: 'What to do about it, as a sentence.' })),
  },
  { additionalProperties: false },
)
export type ErrorRule = Static<typeof ErrorRule>

export const ErrorReading = Type.Object(
  {
    code: Type.Optional(Rule("Where the service's code is in `response`.")),
    message: Type.Optional(
      Rule("Where the service's own words are in `response`; of a list, the first that can be read."),
    ),
    retryAfter: Type.Optional(
      Type.Object(
        { header: Type.String({ pattern: '^[A-Za-z0-9-]+$' }), as: Type.Enum(['seconds', 'epochSeconds']) },
        { additionalProperties: false, description: 'When to come back, beside Retry-After.' },
      ),
    ),
    rules: Type.Optional(Type.Array(ErrorRule)),
  },
  { additionalProperties: false, description: 'How failures read. A step asks its own rules first, then these.' },
)
export type ErrorReading = Static<typeof ErrorReading>
