import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { eventually } from '@cartly/testing'
import { join } from 'node:path'
import { installSchemathesis, schemathesis } from './contract-fuzz/schemathesis.ts'
import { rates } from './rates.ts'
import { openScene, type Scene } from './scene.ts'

/** `/openapi.json` as a stranger's tool reads it, which sends what fits and what does not, and follows its links. */
const store = 'store_fuzz'
const all = `/v1/stores/${store}`
let scene: Scene

beforeAll(async () => {
  ;[scene] = await Promise.all([openScene('contract-fuzz'), installSchemathesis()])
}, 180_000)

afterAll(() => scene?.close(), 60_000)

interface Made {
  readonly id: string
}

/** Something of each kind, with a past. */
async function make(): Promise<Record<string, string>> {
  const { api, demo } = scene
  const connector = await scene.connectShippo(store)
  const { executionId } = await api.post(`${connector}/hooks/get_rates/invoke`, { input: rates })
  await eventually(async () => (await api.call('GET', `${all}/executions/${String(executionId)}`)).status === 200)

  const { id: oauth } = await api.post<Made>(`${all}/connectors`, { template: 'hubspot' })
  await api.put(`${all}/connectors/${oauth}/credentials`, { values: { clientId: 'cartly', clientSecret: 'unknown' } })

  const endpoint = await api.post<Made>(`${all}/webhooks`, { url: demo.receiverUrl, eventTypes: ['*'] })
  const delivery = await api.post<Made>(`${all}/webhooks/${endpoint.id}/test`)
  const recovery = await api.post<Made>(`${all}/webhooks/${endpoint.id}/recover`, { since: '2026-01-01T00:00:00Z' })
  return {
    STORE: store,
    CONNECTOR: connector.split('/').at(-1)!,
    OAUTH_CONNECTOR: oauth,
    EXECUTION: String(executionId),
    ENDPOINT: endpoint.id,
    DELIVERY: delivery.id,
    RECOVERY: recovery.id,
  }
}

it('finds no answer of 500, and none that breaks the document', async () => {
  const { gatewayUrl, adminToken } = scene.engine.run
  const { code, printed } = await schemathesis(
    [
      `--config-file=${join(import.meta.dirname, 'contract-fuzz/schemathesis.toml')}`,
      'run',
      `${gatewayUrl}/openapi.json`,
      `--header=Authorization: Bearer ${adminToken}`,
      '--continue-on-failure',
      '--request-timeout=15',
    ],
    await make(),
  )
  expect({ code, printed }).toEqual({ code: 0, printed: expect.stringMatching(/\d{4,} generated, \d+ passed/) })
}, 400_000)
