import { type TSchema } from 'typebox'
import { CSRF_HEADER, SESSION_COOKIE } from '../auth/session.ts'
import { answerExamples } from './examples.ts'
import { components, documented, inside, liveEvents } from './components.ts'
import { header, headers } from './openapi-headers.ts'
import { linksOf } from './openapi-links.ts'
import { problemResponses, problemsOf } from './openapi-problems.ts'
import { isIdempotent, type Route } from './route.ts'

/** The API described in OpenAPI 3.1, from the table that serves it. https://spec.openapis.org/oas/v3.1.1.html */
export function openApiOf(routes: readonly Route[], publicUrl: string): object {
  const tags = [...new Set(routes.map(({ tag }) => tag))]
  return {
    openapi: '3.1.1',
    info: {
      title: 'Cartly integration engine',
      version: '1.0.0',
      description: introduction,
    },
    servers: [{ url: publicUrl }],
    tags: tags.map((name) => ({ name })),
    paths: Object.fromEntries(
      [...Map.groupBy(routes, ({ path }) => path)].map(([path, rows]) => [
        path,
        Object.fromEntries(rows.map((row) => [row.method.toLowerCase(), operationOf(row, routes)])),
      ]),
    ),
    components: {
      schemas: Object.fromEntries(
        Object.entries(components).map(([name, schema]) => [name, { ...inside(schema), ...exampleOf(name) }]),
      ),
      responses: problemResponses,
      headers,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: SESSION_COOKIE,
          description: `Of the console; changes also need the header \`${CSRF_HEADER}\` and the same origin`,
        },
      },
    },
  }
}

const exampleOf = (name: string): object => (name in answerExamples ? { examples: [answerExamples[name]] } : {})

const introduction = `Connects each store to outside services: connectors, hooks, signed webhooks, OAuth.

**Authentication.** Send \`Authorization: Bearer <JWT>\`. Its claim \`stores\` says which stores it may enter (\`*\`: all), its claim \`scope\` what it may do there; \`admin\` includes every scope. Another store's things answer 404.

**Errors** are \`application/problem+json\` (RFC 9457). \`code\` is stable; \`errors\` names each place that is wrong.

**Lists** take \`limit\` (1 to 200, else 50) and \`cursor\`, and answer \`{ data, nextCursor }\`.

**Repeating safely.** Send \`Idempotency-Key\` with a POST: for 24 hours the same key with the same body gives the same answer, marked \`Idempotent-Replayed: true\`; with another body it is 422. Where it is not among the parameters, the answer is bound to one browser, and each call gives a new one.

**Changing safely.** An answer with a \`revision\` carries it as \`ETag\`; send that as \`If-Match\`, and a change made on an older state is 412.

**Limits.** A body may be 1 MiB. Requests above the rate of \`RateLimit-Policy\` are 429 with \`Retry-After\`.`

function operationOf(route: Route, routes: readonly Route[]): object {
  return {
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description ? { description: route.description } : {}),
    security: securityOf(route),
    parameters: parametersOf(route),
    ...(route.body ? { requestBody: requestBodyOf(route, route.body) } : {}),
    responses: { ...successOf(route, routes), ...problemsOf(route) },
  }
}

/** With several scopes any one will do, and OpenAPI says so by alternatives. */
function securityOf({ scopes }: Route): object[] {
  if (scopes === 'public') return []
  const alternatives = scopes.length === 0 ? [[]] : scopes.map((scope) => [scope])
  return alternatives.flatMap((roles) => [{ bearer: roles }, { session: roles }])
}

function parametersOf(route: Route): object[] {
  const query = Object.entries(route.query ?? {}).map(([name, schema]) => ({
    ...parameter(name, 'query', schema),
    required: false,
  }))
  const path = Object.entries(route.params).map(([name, schema]) => ({
    ...parameter(name, 'path', schema),
    required: true,
  }))
  return [...path, ...query, ...headerParametersOf(route)]
}

function parameter(name: string, place: 'path' | 'query', schema: TSchema): object {
  const { description, ...rest } = inside(schema) as { description?: string }
  return { name, in: place, ...(description ? { description } : {}), schema: rest }
}

function headerParametersOf(route: Route): object[] {
  const idempotency = {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'Makes it safe to send again, for 24 hours; a UUID serves well',
    schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
  }
  const ifMatch = {
    name: 'If-Match',
    in: 'header',
    description: 'The `ETag` of the state that the change is meant for, such as `"3"`, or several; `*` for any',
    schema: { type: 'string' },
  }
  return [...(isIdempotent(route) ? [idempotency] : []), ...(route.ifMatch ? [ifMatch] : [])]
}

const requestBodyOf = (route: Route, body: TSchema): object => ({
  required: !route.bodyOptional,
  content: { 'application/json': { schema: documented(body), example: route.example } },
})

function successOf(route: Route, routes: readonly Route[]): object {
  if (route.produces || route.redirects) return { ...redirectOf(route), ...pagesOf(route) }
  if (!route.response) return { 204: { description: 'Done' } }
  const answered = {
    ...(route.etag ? header('ETag') : {}),
    ...(route.status === 201 ? header('Location') : {}),
    ...(isIdempotent(route) ? header('Idempotent-Replayed') : {}),
  }
  const description = route.status === 201 ? 'Made' : 'OK'
  const content = { 'application/json': { schema: documented(route.response) } }
  return {
    [route.status ?? 200]: {
      description,
      ...(Object.keys(answered).length > 0 ? { headers: answered } : {}),
      content,
      ...linksOf(route, routes),
    },
  }
}

const redirectOf = ({ redirects }: Route): object =>
  redirects ? { 302: { description: redirects, headers: header('Location') } } : {}

function pagesOf({ produces, pages = { 200: 'OK' } }: Route): object {
  if (!produces) return {}
  const content = { [produces]: producedSchema(produces) }
  return Object.fromEntries(Object.entries(pages).map(([status, description]) => [status, { description, content }]))
}

const producedSchema = (produces: NonNullable<Route['produces']>): object =>
  produces === 'text/html'
    ? { schema: { type: 'string' } }
    : {
        schema: {
          type: 'string',
          description: 'Events with the names below; the `data` of each is JSON of that schema',
          'x-events': liveEvents,
        },
        example: 'event: connector\ndata: {"id":"conn_06e8rk2","revision":4,"changes":["ConnectorActivated"]}\n\n',
      }
