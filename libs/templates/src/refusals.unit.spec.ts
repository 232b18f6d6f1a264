import { describe, expect, it } from '@jest/globals'
import { validateDefinition } from './index.ts'

const step = { id: 'put', request: { method: 'PUT', path: '/contacts', body: { mail: { $: 'input.email' } } } }
const page = { id: 'list', request: { method: 'GET', path: '/', query: { after: 1 } }, expect: { where: true } }
const reconcile = { by: 'reconcile', request: { method: 'GET', path: '/' }, found: true }
const sample = { description: 'A contact', hook: 'upsert', input: {}, responses: { put: {} }, output: {} }
const oauth = { type: 'oauth2', grant: 'client_credentials', tokenUrl: 'https://acme.test/token', scopes: [] }

const hook = { description: 'Adds a contact', on: ['customer.created'], steps: [step], result: {} }
const definition = {
  slug: 'acme',
  name: 'Acme',
  version: '1.0.0',
  category: 'crm',
  description: 'A service',
  docsUrl: 'https://acme.test/docs',
  auth: { type: 'bearer' },
  baseUrl: 'https://api.acme.test',
  settings: { type: 'object', additionalProperties: false, properties: { channel: { type: 'string' } } },
  testConnection: { request: { method: 'GET', path: '/me' }, expect: { where: true } },
  hooks: { upsert: hook },
}

const withHook = (more: object) => ({ hooks: { upsert: { ...hook, ...more } } })
const withStep = (more: object) => withHook({ steps: [{ ...step, ...more }] })
const withRequest = (more: object) => withStep({ request: { ...step.request, ...more } })
const withTest = (more: object) => ({ testConnection: { ...definition.testConnection, ...more } })
const withMapping = (rules: unknown) => ({ mappings: { contact: { description: 'A contact', rules } } })
const at = '/hooks/upsert/steps/0'

type Case = readonly [what: string, change: object, pointer: string, message: RegExp]

async function isRefused(change: object, pointer: string, message: RegExp): Promise<void> {
  const errors = await validateDefinition({ ...definition, ...change })
  expect(errors).toContainEqual({ pointer, message: expect.stringMatching(message) })
}

it('the definition that the others are made of is taken', async () => {
  expect(await validateDefinition({ ...definition, samples: [sample] })).toEqual([])
})

describe('of the authentication is refused', () => {
  const cases: Case[] = [
    ['a kind there is not', { auth: { type: 'digest' } }, '/auth/type', /one of "api_key", "basic", "bearer"/],
    ['a field of another kind', { auth: { type: 'bearer', prefix: 'x' } }, '/auth/prefix', /not a known field/],
    [
      'a credential it does not ask for',
      { auth: { type: 'bearer', fields: { token: {} } } },
      '/auth/fields/token',
      /bearer asks for no "token"; it asks for apiKey/,
    ],
    ['a credential of OAuth', { auth: { ...oauth, fields: { apiKey: {} } } }, '/auth/fields/apiKey', /clientId and/],
    [
      'no credential at all',
      { auth: { type: 'basic', username: { value: 'a' }, password: { value: 'b' } } },
      '/auth',
      /type: none/,
    ],
    [
      'a pattern that is none',
      { auth: { type: 'bearer', fields: { apiKey: { pattern: '(' } } } },
      '/auth/fields/apiKey/pattern',
      /no regular expression/,
    ],
    [
      'a link that runs a script',
      { auth: { type: 'bearer', fields: { apiKey: { helpUrl: 'javascript:alert(1)' } } } },
      '/auth/fields/apiKey/helpUrl',
      /pattern/,
    ],
    ['a header there cannot be', { auth: { type: 'api_key', in: 'header', name: 'X Key' } }, '/auth/name', /X Key/],
    ["the connection's own header", { auth: { type: 'api_key', in: 'header', name: 'Host' } }, '/auth/name', /Host/],
    [
      'a line break before the key',
      { auth: { type: 'api_key', in: 'header', name: 'X-Key', prefix: 'a\r\nb' } },
      '/auth/prefix',
      /pattern/,
    ],
    [
      'what is captured twice',
      { auth: { ...oauth, capture: [1, 2].map(() => ({ name: 'realm', from: 'token', key: 'r' })) } },
      '/auth/capture/1/name',
      /twice/,
    ],
  ]
  it.each(cases)('%s', (_, change, pointer, message) => isRefused(change, pointer, message))
})

describe('of the service is refused', () => {
  const settings = (properties: object, more: object = {}) => ({
    settings: { type: 'object', additionalProperties: false, properties, ...more },
  })
  const cases: Case[] = [
    ['an address without scheme', { baseUrl: 'api.acme.test' }, '/baseUrl', /absolute URL/],
    ['an address of another kind', { baseUrl: 'ftp://api.acme.test' }, '/baseUrl', /https/],
    ['an address with credentials', { baseUrl: 'https://a:b@api.acme.test' }, '/baseUrl', /credentials/],
    ['an address that is no text', { baseUrl: 7 }, '/baseUrl', /text is needed/],
    ['documentation that is a script', { docsUrl: 'javascript:alert(1)' }, '/docsUrl', /pattern/],
    ['a version with leading zeros', { version: '01.0.0' }, '/version', /pattern/],
    [
      'a limit on a method there is not',
      { rateLimits: [{ requests: 1, perSeconds: 1, methods: ['FETCH'] }] },
      '/rateLimits/0/methods/0',
      /GET/,
    ],
    [
      'a limit of test keys that nothing tells',
      { rateLimits: [{ requests: 1, perSeconds: 1, test: true }] },
      '/rateLimits/0/test',
      /testKeys/,
    ],
    ['settings that are no object', { settings: { type: 'string' } }, '/settings/type', /type: object/],
    [
      'a default that does not fit',
      settings({ n: { type: 'integer', default: 'x' } }),
      '/settings/properties/n/default',
      /integer/,
    ],
    ['a required setting there is not', settings({}, { required: ['n'] }), '/settings/required/0', /no setting "n"/],
    ['a hook by a bad name', { hooks: { 'Up-sert': hook } }, '/hooks/Up-sert', /not a known field/],
    ['a test that always fails', withTest({ expect: { where: false } }), '/testConnection/expect/where', /no answer/],
    [
      'a test that is not true or false',
      withTest({ expect: { where: 'yes' } }),
      '/testConnection/expect/where',
      /true or false/,
    ],
    [
      'a test that reads an input',
      withTest({ request: { method: 'GET', path: '/', query: { q: { $: 'input.q' } } } }),
      '/testConnection/request/query/q/$',
      /there is nothing/,
    ],
    [
      'a test that changes something',
      withTest({ request: { method: 'DELETE', path: '/' } }),
      '/testConnection/request/method',
      /changes nothing/,
    ],
    [
      'an error rule behind one for all',
      { errors: { rules: [{ class: 'transient' }, { status: 400, class: 'permanent' }] } },
      '/errors/rules/1',
      /fits every failure/,
    ],
    [
      'an error code that nobody reads',
      { errors: { rules: [{ code: 'A', class: 'permanent' }] } },
      '/errors/rules/0/code',
      /where the code is/,
    ],
    ['an error code that is an object', { errors: { code: { a: 1 } } }, '/errors/code', /text or a number/],
  ]
  it.each(cases)('%s', (_, change, pointer, message) => isRefused(change, pointer, message))
})

describe('of a hook is refused', () => {
  const cases: Case[] = [
    ['a condition that is text', withHook({ when: 'yes' }), '/hooks/upsert/when', /true or false/],
    ['a condition that never holds', withHook({ when: { $equals: [1, 2] } }), '/hooks/upsert/when', /never runs/],
    ['an event twice', withHook({ on: ['customer.created', 'customer.created'] }), '/hooks/upsert/on', /duplicate/],
    [
      'a cache where something is done',
      withHook({ cache: { freshSeconds: 9 }, steps: [{ ...step, request: { method: 'POST', path: '/' } }] }),
      '/hooks/upsert/cache',
      /must not be done twice/,
    ],
    [
      'a member that a step does not give',
      withHook({ steps: [{ ...step, output: { id: 1 } }], result: { x: { $: 'steps.put.ident' } } }),
      '/hooks/upsert/result/x/$',
      /there is no "ident"; there is id/,
    ],
    ['a member of text', withHook({ result: { $: 'settings.channel.name' } }), '/hooks/upsert/result/$', /no "name"/],
    ['a step that never runs', withStep({ when: { $not: true } }), `${at}/when`, /never runs/],
    [
      'a condition that can only fail',
      withStep({ when: { $equals: [{ $each: { in: ['x'], do: { $number: { $: 'item' } } } }, 1] } }),
      `${at}/when`,
      /never runs/,
    ],
    [
      'JSONata in a condition',
      {
        mappings: { odd: { description: 'x', rules: { $jsonata: 'true' } } },
        ...withStep({ when: { $equals: [{ $apply: { mapping: 'odd', to: 1 } }, true] } }),
      },
      `${at}/when`,
      /body, an output or the result only/,
    ],
    ['an expectation that is text', withStep({ expect: { where: 'yes' } }), `${at}/expect/where`, /true or false/],
    [
      'a header in capitals',
      withStep({ output: { $: 'response.headers.X-Total' } }),
      `${at}/output/$`,
      /headers.x-total/,
    ],
    [
      'an item called as the response',
      withStep({ forEach: { in: [1], as: 'response', limit: 1 } }),
      `${at}/forEach/as`,
      /already has a meaning/,
    ],
    [
      'a part of a path that is an object',
      withRequest({ path: ['a', { b: 1 }] }),
      `${at}/request/path/1`,
      /text or a number/,
    ],
    ['dots in a path', withRequest({ path: ['a', '..'] }), `${at}/request/path/1`, /"\.\."/],
    ['two parts of a path in one', withRequest({ path: ['a/b', 'c'] }), `${at}/request/path/0`, /stands by itself/],
    ['a hole in a path', withRequest({ path: ['a', '', 'b'] }), `${at}/request/path/1`, /only the last/],
    ['an object in the query', withRequest({ query: { q: { a: 1 } } }), `${at}/request/query/q`, /an object/],
    ['a list in a header', withRequest({ headers: { 'X-A': ['a'] } }), `${at}/request/headers/X-A`, /a list/],
    [
      'a line break in a header',
      withRequest({ headers: { 'X-A': 'a\r\nb' } }),
      `${at}/request/headers/X-A`,
      /line break/,
    ],
    ['a header twice', withRequest({ headers: { 'X-A': 'a', 'x-a': 'b' } }), `${at}/request/headers/x-a`, /twice/],
    [
      "the key's own header",
      { auth: { type: 'api_key', in: 'header', name: 'X-Key' }, ...withRequest({ headers: { 'x-key': 'a' } }) },
      `${at}/request/headers/x-key`,
      /by the authentication/,
    ],
    [
      "the key's own parameter",
      { auth: { type: 'api_key', in: 'query', name: 'key' }, ...withRequest({ query: { key: 'a' } }) },
      `${at}/request/query/key`,
      /by the authentication/,
    ],
    [
      'an idempotency header there cannot be',
      withStep({ idempotency: { by: 'key', in: 'header', name: 'Host' } }),
      `${at}/idempotency/name`,
      /Host/,
    ],
    [
      'an idempotency key that the request sets',
      {
        ...withHook({
          steps: [
            {
              ...step,
              request: { ...step.request, headers: { 'x-id': 'a' } },
              idempotency: { by: 'key', in: 'header', name: 'X-Id' },
            },
          ],
        }),
      },
      `${at}/idempotency/name`,
      /itself/,
    ],
    [
      'a finding that is text',
      withStep({ idempotency: { ...reconcile, found: 'yes' } }),
      `${at}/idempotency/found`,
      /true or false/,
    ],
    [
      'time to settle what is never undone',
      withStep({ idempotency: { ...reconcile, settleMs: 9 } }),
      `${at}/idempotency/absent`,
      /nothing to settle/,
    ],
    [
      "a page's parameter that the request sets",
      withHook({ steps: [{ ...page, paginate: { by: 'cursor', parameter: 'after', next: 1, items: [] } }] }),
      `${at}/request/query/after`,
      /by the pagination/,
    ],
    [
      'items of a page that are no list',
      withHook({ steps: [{ ...page, paginate: { by: 'link', items: 5 } }] }),
      `${at}/paginate/items`,
      /a list/,
    ],
  ]
  it.each(cases)('%s', (_, change, pointer, message) => isRefused(change, pointer, message))
})

describe('of a mapping is refused', () => {
  const rules = '/mappings/contact/rules'
  const cases: Case[] = [
    [
      'a currency there is not',
      withMapping({ $minor: { of: { $: 'input.x' }, currency: 'usd' } }),
      `${rules}/$minor/currency`,
      /ISO 4217/,
    ],
    [
      'a unit there is not',
      withMapping({ $weight: { of: { $: 'input.x' }, from: 'stone', to: 'g' } }),
      `${rules}/$weight/from`,
      /one of g, kg/,
    ],
    ['a number that is a word', withMapping({ $number: 'many' }), `${rules}/$number`, /not a number/],
    [
      'a word outside its table',
      withMapping({ $enum: { of: 'x', table: { a: 'b' } } }),
      `${rules}/$enum`,
      /not in the table/,
    ],
    ['a list for text', withMapping({ $lower: [{ $: 'input.x' }] }), `${rules}/$lower`, /text or a number is needed/],
    ['text for an object', withMapping({ $merge: ['a'] }), `${rules}/$merge/0`, /an object is needed/],
    ['JSONata beside other keys', withMapping({ $jsonata: '1', x: 2 }), rules, /only key/],
    [
      'JSONata that evaluates text',
      withMapping({ $jsonata: '$eval("1")' }),
      `${rules}/$jsonata`,
      /\$eval is not available/,
    ],
    [
      'JSONata with a regular expression',
      withMapping({ $jsonata: '$match(a, /b/)' }),
      `${rules}/$jsonata`,
      /regular expressions/,
    ],
    ['a mapping that applies itself', withMapping({ $apply: { mapping: 'contact', to: 1 } }), rules, /applies itself/],
  ]
  it.each(cases)('%s', (_, change, pointer, message) => isRefused(change, pointer, message))

  const typed = (more: object, to: unknown = { $: 'input.address' }) => ({
    mappings: { address: { description: 'x', input: 'Address', rules: { zip: { $: 'input.postalCode' } }, ...more } },
    ...withHook({
      on: undefined,
      input: 'ValidateAddressInput',
      steps: [{ ...step, request: { method: 'PUT', path: '/' } }],
      result: { $apply: { mapping: 'address', to } },
    }),
  })
  const ends: Case[] = [
    [
      'a field its input does not have',
      typed({ rules: { $: 'input.zip' } }),
      '/mappings/address/rules/$',
      /no "zip"; there is/,
    ],
    ['an output it does not fill', typed({ output: 'Address' }), '/mappings/address/rules', /"street1" is required/],
    ['an output of another kind', typed({ output: 'Rate[]' }), '/mappings/address/rules', /a list is needed/],
    ['a shape there is not', typed({ output: 'Rates' }), '/mappings/address/output', /no shape "Rates"; there is/],
    [
      'what it does not take',
      typed({}, [1]),
      '/hooks/upsert/result/$apply/to',
      /a list, and "address" takes an object/,
    ],
    [
      'what the hook must not give',
      {
        ...typed({}),
        hooks: {
          upsert: {
            ...hook,
            on: undefined,
            input: 'ValidateAddressInput',
            output: 'Rate[]',
            result: { $apply: { mapping: 'address', to: { $: 'input.address' } } },
          },
        },
      },
      '/hooks/upsert/result',
      /a list is needed/,
    ],
  ]
  it.each(ends)('%s', (_, change, pointer, message) => isRefused(JSON.parse(JSON.stringify(change)), pointer, message))

  it("a connector's own one that does not fit both ends", async () => {
    const own = {
      ...definition,
      ...(JSON.parse(JSON.stringify(typed({ output: { type: 'object', required: ['zip'] } }))) as object),
    }
    expect(await validateDefinition(own, { address: { zip: { $: 'input.postalCode' } } })).toEqual([])
    expect(await validateDefinition(own, { address: { zip: { $: 'input.zip' } } })).toMatchObject([
      { pointer: '/mappings/address/zip/$' },
    ])
    expect(await validateDefinition(own, { address: { plz: 1 } })).toMatchObject([{ pointer: '/mappings/address' }])
  })

  it('a circle of mappings once, with nothing else said', async () => {
    const apply = (mapping: string) => ({ description: 'x', rules: { $apply: { mapping, to: 1 } } })
    const errors = await validateDefinition({ ...definition, mappings: { a: apply('b'), b: apply('a') } })
    expect(errors).toEqual([{ pointer: '/mappings/a/rules', message: '"a" applies itself' }])
  })
})

describe('of a sample is refused', () => {
  const cases: readonly (readonly [what: string, change: object, message: RegExp])[] = [
    ['a hook there is not', { hook: 'nope' }, /there is upsert/],
    ['an answer to no step', { responses: { putt: {} } }, /no step "putt"/],
    ['more answers than questions', { responses: { put: [{}, {}] } }, /2 given, and "put" asks 1 times/],
    ['a setting there is not', { settings: { nope: 1 } }, /\/settings\/nope/],
    ['success and failure', { error: { class: 'permanent' } }, /both/],
    ['nothing to hold it against', { output: undefined }, /says nothing/],
    ['an event the hook does not run on', { event: { id: 'e', type: 'x.y', time: '', storeId: 's' } }, /x\.y/],
  ]
  it.each(cases)('%s', async (_, change, message) => {
    const samples = [JSON.parse(JSON.stringify({ ...sample, ...change }))]
    const errors = await validateDefinition({ ...definition, samples })
    expect(errors).toContainEqual({ pointer: '/samples/0', message: expect.stringMatching(message) })
  })
})
