import { describe, expect, it } from '@jest/globals'
import { compileJsonSchema } from '@cartly/contracts'
import { exportArazzo, loadCatalog } from '../index.ts'
import { arazzoSchema } from '../testing/arazzo-schema.ts'

interface Workflow {
  workflowId: string
  steps: { stepId: string; operationId: string; successCriteria: { condition: string }[]; outputs?: object }[]
}

// That every export is valid Arazzo 1.0.1 and OpenAPI 3.0.3 was also seen with `redocly lint --extends=spec` (2.x).
describe('a template as Arazzo', () => {
  it("fits the specification's schema", async () => {
    const schema = compileJsonSchema(arazzoSchema)
    for (const { slug, definition } of (await loadCatalog()).list()) {
      expect([slug, schema.errors(exportArazzo(definition, `./${slug}.openapi.json`).arazzo)]).toEqual([slug, []])
    }
  })

  it('has a workflow for each hook, whose steps call operations of the OpenAPI document', async () => {
    for (const { definition } of (await loadCatalog()).list()) {
      const { arazzo, openapi } = exportArazzo(definition, './x.openapi.json') as {
        arazzo: { workflows: Workflow[] }
        openapi: { paths: Record<string, Record<string, { operationId: string }>> }
      }
      const operations = Object.values(openapi.paths).flatMap((path) =>
        Object.values(path).map(({ operationId }) => operationId),
      )
      const called = arazzo.workflows.flatMap(({ steps }) => steps.map(({ operationId }) => operationId))
      expect(arazzo.workflows.map(({ workflowId }) => workflowId)).toEqual(
        Object.keys(definition.hooks).map((hook) => `${definition.slug}-${hook}`),
      )
      expect(operations.toSorted()).toEqual(called.toSorted())
    }
  })

  it('says in Arazzo what Arazzo can say', async () => {
    const { definition } = (await loadCatalog()).get('easypost')!
    const { arazzo } = exportArazzo(definition, './x.openapi.json') as { arazzo: { workflows: Workflow[] } }
    const buy = arazzo.workflows.find(({ workflowId }) => workflowId === 'easypost-buy_label')!.steps[1]!
    expect(buy).toMatchObject({
      stepId: 'buy',
      requestBody: { contentType: 'application/json', payload: { rate: { id: '$inputs.input.rateId' } } },
      successCriteria: [
        { condition: '$statusCode >= 200 && $statusCode < 300' },
        { condition: '$response.body#/postage_label != null' },
      ],
      onFailure: [{ type: 'retry', retryAfter: 0.5, retryLimit: 2 }],
      'x-cartly-idempotency': { by: 'reconcile' },
    })
  })
})
