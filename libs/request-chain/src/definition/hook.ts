import { Type, type Static } from 'typebox'
import { ErrorReading } from './errors.ts'
import { Expectation, RequestDefinition } from './request.ts'
import { Rule } from './rule.ts'
import { StepDefinition } from './step.ts'

const strict = { additionalProperties: false } as const
/** A JSON Schema, or the name of one. */
export const SchemaOrName = (of: string) =>
  Type.Union(
    [
      Type.String({ description: 'The name of a canonical shape or an entity; Rate[] is a list of them.' }),
      Type.Record(Type.String(), Type.Unknown()),
    ],
    {
      description: `The ${of}: a JSON Schema, or the name of a shape such as GetRatesInput, Address, Order or Rate[].`,
    },
  )

export const CachePolicy = Type.Object(
  {
    freshSeconds: Type.Integer({
      minimum: 1,
      maximum: 86_400,
      description: 'Answers for the same input are given again for so long.',
    }),
    staleSeconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 604_800, description: 'Kept so long to stand in when the service fails.' }),
    ),
    negativeSeconds: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 3_600,
        description: 'Refusals for the same input are given again for so long.',
      }),
    ),
  },
  strict,
)
export type CachePolicy = Static<typeof CachePolicy>

/** A hook: a named chain of requests. References between steps make their order; there are no jumps, so it ends. */
export const HookDefinition = Type.Object(
  {
    description: Type.String({ minLength: 1 }),
    on: Type.Optional(
      Type.Array(Type.String(), {
        minItems: 1,
        uniqueItems: true,
        description: 'Store events that run it, with their data as input.',
      }),
    ),
    when: Type.Optional(Rule('Runs only when this is true of `input`, `settings` and `event`.')),
    input: Type.Optional(SchemaOrName('input')),
    output: Type.Optional(SchemaOrName('output')),
    deadlineMs: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 60_000, description: '3,000 unless said; for all steps together.' }),
    ),
    errors: Type.Optional(ErrorReading),
    steps: Type.Array(StepDefinition, { minItems: 1, maxItems: 50 }),
    result: Rule('What the hook gives, from input, settings and steps.'),
    cache: Type.Optional(CachePolicy),
    backup: Type.Optional(
      Rule('The answer, from input and settings, when the service gives none and none is kept; absent is none.'),
    ),
  },
  strict,
)
export type HookDefinition = Static<typeof HookDefinition>

/** A request that shows whether the service can be reached and accepts the credentials. */
export const TestConnectionDefinition = Type.Object(
  {
    request: RequestDefinition,
    expect: Expectation,
    errors: Type.Optional(ErrorReading),
    detail: Type.Optional(Rule('What to show of `response` when all is well: the account, say.')),
    timeoutMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 15_000 })),
  },
  strict,
)
export type TestConnectionDefinition = Static<typeof TestConnectionDefinition>
