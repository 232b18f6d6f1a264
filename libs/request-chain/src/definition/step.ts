import { Type, type Static } from 'typebox'
import { ErrorReading } from './errors.ts'
import { Expectation, RequestDefinition } from './request.ts'
import { Rule } from './rule.ts'

const strict = { additionalProperties: false } as const
const limits = {
  maxPages: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 100, description: 'At most so many pages, 20 unless said.' }),
  ),
  items: Rule("Where a page's items are in `response`."),
}
const parameter = (what: string) => Type.String({ description: `The query parameter that takes ${what}.` })

export const Pagination = Type.Union(
  [
    Type.Object(
      {
        by: Type.Literal('cursor'),
        parameter: parameter('the cursor'),
        next: Rule('Where the next cursor is in `response`; absent on the last page.'),
        ...limits,
      },
      strict,
    ),
    Type.Object(
      {
        by: Type.Literal('page'),
        parameter: parameter('the number of the page'),
        first: Type.Optional(Type.Integer({ minimum: 0, description: 'The first page, 1 unless said.' })),
        size: Type.Optional(
          Type.Integer({ minimum: 1, description: 'Items on a full page; a shorter one is the last.' }),
        ),
        ...limits,
      },
      strict,
    ),
    Type.Object({ by: Type.Literal('offset'), parameter: parameter('how many items to pass over'), ...limits }, strict),
    Type.Object(
      { by: Type.Literal('link'), ...limits },
      { ...strict, description: 'By the Link header, rel=next (RFC 8288).' },
    ),
    Type.Object(
      { by: Type.Literal('url'), next: Rule("Where the next page's address is in `response`."), ...limits },
      strict,
    ),
  ],
  { description: 'Fetches page after page; the step then gives `items`, all of them.' },
)
export type Pagination = Static<typeof Pagination>

export const Idempotency = Type.Union(
  [
    Type.Object(
      {
        by: Type.Literal('key'),
        in: Type.Enum(['header', 'query']),
        name: Type.String({ description: 'The header or parameter that takes the key.' }),
      },
      { ...strict, description: 'The service keeps a key we send, and does the same key once.' },
    ),
    Type.Object(
      { by: Type.Literal('natural'), because: Type.String({ description: 'Why repeating it changes nothing.' }) },
      { ...strict, description: 'Doing it twice is the same as doing it once.' },
    ),
    Type.Object(
      {
        by: Type.Literal('reconcile'),
        request: RequestDefinition,
        found: Rule('Holds of `response` when it was done.'),
        absent: Type.Optional(Rule('Holds of `response` when it surely was not, and may be done now.')),
        settleMs: Type.Optional(
          Type.Integer({
            minimum: 1,
            maximum: 60_000,
            description: 'A request may still be on its way in: absence counts only so long after it was begun.',
          }),
        ),
        output: Type.Optional(Rule("What the step gives when it was done; the step's own output unless said.")),
      },
      {
        ...strict,
        description: 'Where the outcome is not known, this request finds out; it is never repeated blindly.',
      },
    ),
  ],
  {
    description:
      'What makes the step safe to repeat. A writing step without it is never repeated on an unknown outcome.',
  },
)
export type Idempotency = Static<typeof Idempotency>

export const Retry = Type.Object(
  {
    attempts: Type.Integer({ minimum: 2, maximum: 10, description: 'All in all.' }),
    waitMs: Type.Integer({
      minimum: 1,
      maximum: 60_000,
      description: 'Before the second; each further wait is longer.',
    }),
    factor: Type.Optional(Type.Number({ minimum: 1, maximum: 10, description: '2 unless said.' })),
    maxWaitMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 600_000 })),
    jitter: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1, description: 'Share of a wait left to chance, 0.5 unless said.' }),
    ),
  },
  {
    ...strict,
    description:
      'Repeats after transient failures, never sooner than Retry-After, and only while the deadline leaves room.',
  },
)
export type Retry = Static<typeof Retry>

export const ForEach = Type.Object(
  {
    in: Rule('The list.'),
    as: Type.Optional(
      Type.String({ pattern: '^[a-z][a-zA-Z0-9]*$', description: 'What the item is called, "item" unless said.' }),
    ),
    concurrency: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 20, description: 'So many at once, 1 unless said.' }),
    ),
    limit: Type.Integer({ minimum: 1, maximum: 1_000, description: 'A longer list is an error.' }),
  },
  { ...strict, description: 'Runs the step for each item; the step then gives the list of outputs.' },
)
export type ForEach = Static<typeof ForEach>

export const StepDefinition = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][a-zA-Z0-9_]{0,49}$', description: 'Others read its output as steps.<id>.' }),
    description: Type.Optional(Type.String()),
    when: Type.Optional(Rule('Runs only when this is true.')),
    forEach: Type.Optional(ForEach),
    after: Type.Optional(
      Type.Array(Type.String(), {
        uniqueItems: true,
        description: 'Steps to wait for beside those it reads from.',
      }),
    ),
    request: RequestDefinition,
    expect: Type.Optional(Expectation),
    errors: Type.Optional(ErrorReading),
    retry: Type.Optional(Retry),
    timeoutMs: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 60_000, description: 'Never longer than what is left of the deadline.' }),
    ),
    paginate: Type.Optional(Pagination),
    idempotency: Type.Optional(Idempotency),
    output: Type.Optional(Rule('What the step gives, from `response`; its body unless said.')),
  },
  strict,
)
export type StepDefinition = Static<typeof StepDefinition>
