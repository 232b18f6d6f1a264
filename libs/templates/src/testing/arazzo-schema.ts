/**
 * What an Arazzo 1.0.x document must be: the constraints of the specification's own schema
 * (https://spec.openapis.org/arazzo/1.0/schema/2024-08-01), for the parts that an export writes; others are refused.
 */
export const arazzoSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  ...extensible({
    required: ['arazzo', 'info', 'sourceDescriptions', 'workflows'],
    properties: {
      arazzo: { type: 'string', pattern: '^1\\.0\\.\\d+(-.+)?$' },
      info: extensible({
        required: ['title', 'version'],
        properties: { title: text(), summary: text(), description: text(), version: text() },
      }),
      sourceDescriptions: listOf(
        extensible({
          required: ['name', 'url'],
          properties: {
            name: { type: 'string', pattern: '^[A-Za-z0-9_\\-]+$' },
            url: { type: 'string', format: 'uri-reference' },
            type: { enum: ['arazzo', 'openapi'] },
          },
        }),
      ),
      workflows: listOf({ $ref: '#/$defs/workflow' }),
    },
  }),
  $defs: {
    workflow: extensible({
      required: ['workflowId', 'steps'],
      properties: {
        workflowId: text(),
        summary: text(),
        description: text(),
        inputs: { $ref: 'https://json-schema.org/draft/2020-12/schema' },
        steps: listOf({ $ref: '#/$defs/step' }),
        outputs: { $ref: '#/$defs/outputs' },
      },
    }),
    step: extensible({
      required: ['stepId', 'operationId'],
      properties: {
        stepId: text(),
        description: text(),
        operationId: text(),
        parameters: { ...listOf({ $ref: '#/$defs/parameter' }), minItems: 0 },
        requestBody: extensible({ properties: { contentType: text(), payload: true } }),
        successCriteria: listOf({ $ref: '#/$defs/criterion' }),
        onFailure: { ...listOf({ $ref: '#/$defs/failureAction' }), minItems: 0 },
        outputs: { $ref: '#/$defs/outputs' },
      },
    }),
    parameter: extensible({
      required: ['name', 'value', 'in'],
      properties: { name: text(), in: { enum: ['path', 'query', 'header', 'cookie'] }, value: true },
    }),
    criterion: extensible({ required: ['condition'], properties: { condition: text() } }),
    failureAction: extensible({
      required: ['name', 'type', 'retryAfter'],
      properties: {
        name: text(),
        type: { const: 'retry' },
        retryAfter: { type: 'number', minimum: 0 },
        retryLimit: { type: 'integer', minimum: 0 },
      },
    }),
    outputs: {
      type: 'object',
      patternProperties: { '^[a-zA-Z0-9\\.\\-_]+$': { type: 'string', pattern: '^\\$' } },
      additionalProperties: false,
    },
  },
}

/** An object of these members and of extensions. */
function extensible(members: { required?: string[]; properties: object }): object {
  return { type: 'object', ...members, patternProperties: { '^x-': true }, additionalProperties: false }
}

function listOf(items: object): object {
  return { type: 'array', minItems: 1, uniqueItems: true, items }
}

function text(): object {
  return { type: 'string' }
}
