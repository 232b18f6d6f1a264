import { describe, expect, test } from '@jest/globals'
import { compileSchema } from '@cartly/contracts'
import { routes } from '../routes/index.ts'
import { components } from './components.ts'
import { answerExamples } from './examples.ts'
import { openApiOf } from './openapi.ts'

interface Document {
  openapi: string
  paths: Record<string, Record<string, OperationObject>>
  components: { schemas: Record<string, object>; responses: Record<string, object>; headers: Record<string, object> }
}
interface OperationObject {
  operationId: string
  summary: string
  security: object[]
  parameters: { name: string; in: string; required?: boolean }[]
  requestBody?: { content: Record<string, { schema: object; example: unknown }> }
  responses: Record<string, object>
}

const document = JSON.parse(JSON.stringify(openApiOf(routes, 'https://cartly.test'))) as Document
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)

/** Every path and method of the contract's table, "HTTP, at the gateway". */
const contract = `
GET /v1/templates
GET /v1/templates/{slug}
GET /v1/templates/{slug}/versions/{version}
GET /v1/event-types
GET /v1/event-types/{type}
POST /v1/stores/{storeId}/connectors
GET /v1/stores/{storeId}/connectors
GET /v1/stores/{storeId}/connectors/{connectorId}
PATCH /v1/stores/{storeId}/connectors/{connectorId}
DELETE /v1/stores/{storeId}/connectors/{connectorId}
PUT /v1/stores/{storeId}/connectors/{connectorId}/credentials
GET /v1/stores/{storeId}/connectors/{connectorId}/credentials
DELETE /v1/stores/{storeId}/connectors/{connectorId}/credentials
POST /v1/stores/{storeId}/connectors/{connectorId}/test
POST /v1/stores/{storeId}/connectors/{connectorId}/activate
POST /v1/stores/{storeId}/connectors/{connectorId}/deactivate
POST /v1/stores/{storeId}/connectors/{connectorId}/upgrade
POST /v1/stores/{storeId}/connectors/{connectorId}/rollback
GET /v1/stores/{storeId}/connectors/{connectorId}/history
POST /v1/stores/{storeId}/connectors/{connectorId}/hooks/{hook}/invoke
POST /v1/stores/{storeId}/connectors/{connectorId}/hooks/{hook}/preview
POST /v1/mappings/preview
POST /v1/stores/{storeId}/connectors/{connectorId}/oauth/authorize
GET /oauth/callback/{connectionKey}
POST /v1/stores/{storeId}/connectors/{connectorId}/oauth/refresh
DELETE /v1/stores/{storeId}/connectors/{connectorId}/oauth
GET /v1/stores/{storeId}/connectors/{connectorId}/executions
GET /v1/stores/{storeId}/executions/{executionId}
POST /v1/stores/{storeId}/executions/{executionId}/replay
GET /v1/stores/{storeId}/connectors/{connectorId}/stats
POST /v1/stores/{storeId}/webhooks
GET /v1/stores/{storeId}/webhooks
GET /v1/stores/{storeId}/webhooks/{endpointId}
PATCH /v1/stores/{storeId}/webhooks/{endpointId}
DELETE /v1/stores/{storeId}/webhooks/{endpointId}
GET /v1/stores/{storeId}/webhooks/{endpointId}/secret
POST /v1/stores/{storeId}/webhooks/{endpointId}/rotate-secret
POST /v1/stores/{storeId}/webhooks/{endpointId}/test
POST /v1/stores/{storeId}/webhooks/{endpointId}/enable
POST /v1/stores/{storeId}/webhooks/{endpointId}/disable
POST /v1/stores/{storeId}/webhooks/{endpointId}/recover
GET /v1/stores/{storeId}/webhooks/{endpointId}/deliveries
GET /v1/stores/{storeId}/deliveries/{deliveryId}
POST /v1/stores/{storeId}/deliveries/{deliveryId}/retry
GET /v1/stores/{storeId}/webhooks/{endpointId}/stats
GET /v1/stores/{storeId}/live
GET /v1/stores/{storeId}/rejected-events
GET /v1/keyring
POST /v1/keyring/keys
POST /v1/keyring/keys/{keyId}/promote
POST /v1/keyring/rewrap
DELETE /v1/keyring/keys/{keyId}`

test("describes every row of the contract's table", () => {
  const described = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`)
  expect(described).toEqual(expect.arrayContaining(contract.trim().split('\n')))
})

test('names each operation once', () => {
  const ids = operations.map(({ operation }) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
})

describe.each(operations)('$method $path', ({ path, operation }) => {
  test('declares the parameters of its path, and what can go wrong', () => {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const declared = operation.parameters.filter((parameter) => parameter.in === 'path')
    expect(declared.map(({ name }) => name).toSorted()).toEqual(inPath.toSorted())
    expect(declared.every(({ required }) => required)).toBe(true)
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['422', '429', '500', '503', '504']))
  })

  if (operation.requestBody) {
    test('has an example that fits its body', () => {
      const row = routes.find(({ id }) => id === operation.operationId)
      const example = operation.requestBody?.content['application/json']?.example
      expect(example).toBeDefined()
      expect(compileSchema(row?.body as object).errors(example)).toEqual([])
    })
  }
})

test('links an answer to what one can go on to with it', () => {
  const links = (path: string, method: string, status: string) => {
    const answer = document.paths[path]?.[method]?.responses[status] as { links?: Record<string, object> } | undefined
    return answer?.links ?? {}
  }
  const ofConnector = links('/v1/stores/{storeId}/connectors', 'post', '201')
  expect(ofConnector).toMatchObject({
    activateConnector: {
      operationId: 'activateConnector',
      parameters: { storeId: '$request.path.storeId', connectorId: '$response.body#/id' },
    },
    invokeHook: { parameters: { hook: '$response.body#/hooks/0/name' } },
  })
  expect(ofConnector).not.toHaveProperty('getWebhook')
  expect(links('/v1/stores/{storeId}/connectors/{connectorId}', 'get', '200')).toEqual({})
})

test('refers to nothing that is not there', () => {
  const references = new Set(
    [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/([\w-]+)"/g)].map(String),
  )
  expect(references.size).toBeGreaterThan(20)
  for (const reference of references) {
    const [, kind, name] = /components\/(\w+)\/([\w-]+)/.exec(reference) as unknown as [
      string,
      keyof Document['components'],
      string,
    ]
    expect(Object.keys(document.components[kind])).toContain(name)
  }
})

test('has schemas that are JSON Schema 2020-12', () => {
  const { schemas } = document.components
  for (const name of Object.keys(schemas)) {
    const whole = { $ref: `#/components/schemas/${name}`, components: { schemas } }
    expect(() => compileSchema(whole)).not.toThrow()
  }
})

test.each(Object.entries(answerExamples))('has an example of %s that fits it', (name, example) => {
  expect(compileSchema(components[name] as object).errors(example)).toEqual([])
})
