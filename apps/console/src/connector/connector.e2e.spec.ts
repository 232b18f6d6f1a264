import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { executionSubject, newId, type ConnectorId, type ExecutionRecorded, type StoreId } from '@cartly/contracts'
import { eventually } from '@cartly/testing'
import { jetstream } from '@nats-io/jetstream'
import type { Page } from 'playwright-core'
import { barriersOn } from '../testing/barriers.ts'
import { consoleUnderTest, type ConsoleUnderTest } from '../testing/console-under-test.ts'
import { connectShippo, heading, loaded, press, ratesInput } from '../testing/merchant.ts'

/** A connector's own pages: what it did, why it failed, how it is changed and taken back. */
let console: ConsoleUnderTest
let stores = 0

beforeAll(async () => {
  console = await consoleUnderTest({
    env: {
      // Nobody takes the traces; a run names its own all the same.
      'hook-executor': { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' },
      'admin-gateway': { TRACE_VIEWER_URL: 'https://traces.test/trace/{traceId}' },
    },
  })
}, 120_000)

afterAll(() => console?.close(), 60_000)

/** A store of its own with one active Shippo connector. */
async function connected(): Promise<{ store: string; id: string; connector: string; page: Page }> {
  const store = `store_${++stores}`
  const id = await connectShippo(console, store, 'Shippo')
  const page = await console.visit('/', { stores: [store] })
  return { store, id, connector: `/v1/stores/${store}/connectors/${id}`, page }
}

const invoke = (connector: string, postalCode?: string) =>
  console.api<{ executionId: string; status: string }>('POST', `${connector}/hooks/get_rates/invoke`, {
    input: ratesInput(postalCode),
  })

describe('a run that failed', () => {
  it('says which service said what, where, and what to do; and is run again, as of today or as of then', async () => {
    const { store, id, connector, page } = await connected()
    await invoke(connector, '00401')

    await page.goto(`${console.url}/stores/${store}/integrations/${id}`)
    await page.getByRole('row').filter({ hasText: 'get_rates' }).getByRole('link').click()
    await heading(page, 'get_rates')
    await page.getByText('What to do:').waitFor()
    await page.getByText(/Shippo answered 401 to "shipment".*Enter a valid token/).waitFor()
    expect(await page.getByRole('link', { name: 'Credentials of Shippo' }).getAttribute('href')).toMatch(/credentials$/)
    const step = page.getByRole('region', { name: 'shipment' })
    await step.getByText('401', { exact: true }).waitFor()
    await step.getByLabel('Request', { exact: true }).getByText('"00401"').waitFor()
    await step
      .getByLabel(/^Input: what shipment was given/)
      .getByText('"00401"')
      .waitFor()
    await step.getByRole('button', { name: /^Request headers/ }).click()
    await step.getByText('authorization: [redacted]').waitFor()
    const trace = await page.getByRole('link', { name: /^Open the trace/ }).getAttribute('href')
    expect(trace).toMatch(/^https:\/\/traces\.test\/trace\/[0-9a-f]{32}$/)
    expect(await barriersOn(page)).toEqual([])

    for (const configuration of ['Today’s', 'That of the day']) {
      const before = page.url()
      await press(page, 'Run again')
      const dialog = page.getByRole('dialog')
      await dialog.getByText('The service is called for real').waitFor()
      await dialog.getByLabel(configuration).check()
      await dialog.getByRole('button', { name: 'Run again' }).click()
      await page.waitForURL((url) => url.href !== before)
      await page.getByText('run again by hand').waitFor()
    }
  }, 120_000)

  it('shows each request of a step that was tried again', async () => {
    const { store, connector, page } = await connected()
    await behave({ behaviour: 'status:503', times: 1 })
    const { executionId, status } = await invoke(connector)

    expect(status).toBe('succeeded')
    await eventually(() => console.api('GET', `/v1/stores/${store}/executions/${executionId}`))
    await page.goto(`${console.url}/stores/${store}/executions/${executionId}`)
    const step = page.getByRole('region', { name: 'shipment' })
    await step.getByRole('button', { name: 'What was sent and what came back' }).click()
    await press(page, 'Attempt 1, which was tried again')
    await step.getByText('503', { exact: true }).waitFor()
    await step.getByText('Attempt 2', { exact: true }).waitFor()
    await step.getByLabel('Response', { exact: true }).last().getByText('"rates"').waitFor()
  }, 120_000)
})

describe('a service that goes on failing', () => {
  it('is left alone for a while, and the page says so, and what is left of its limit', async () => {
    const { store, id, connector, page } = await connected()
    await page.goto(`${console.url}/stores/${store}/integrations/${id}`)
    const protection = page.getByRole('region', { name: 'Protection' })
    await protection.getByText('Closed: calls go through').waitFor()
    await protection.getByText(/^\d+ of 500 requests$/).waitFor()

    await behave({ behaviour: 'status:500' })
    await eventually(
      async () => {
        await invoke(connector, `${10_000 + Math.floor(performance.now() % 80_000)}`)
        return (await console.api(`GET`, `${connector}/stats`))['circuit'] === 'open'
      },
      { withinMs: 30_000 },
    )
    await protection.getByText(/^(Open: calls are held back|Half open)/).waitFor()
    await page.getByText('Shippo needs you').waitFor()
    await page.getByText('Needs attention').waitFor()
    expect(await barriersOn(page)).toEqual([])

    await behave('well')
    await eventually(async () => (await invoke(connector)).status === 'succeeded', { withinMs: 30_000, everyMs: 500 })
    await protection.getByText('Closed: calls go through').waitFor()
    await page.getByText('Active', { exact: true }).waitFor()
  }, 120_000)
})

describe('a mapping', () => {
  it('is tried as it is typed, forwards and backwards, with errors at their place, and saved', async () => {
    const { store, id, page } = await connected()
    await page.goto(`${console.url}/stores/${store}/integrations/${id}/mappings/address`)
    const rules = page.getByRole('textbox', { name: 'Rules of address' })
    const result = page.getByRole('region', { name: 'Result' })
    const write = async (text: string) => {
      await rules.click()
      await page.keyboard.press('Control+A')
      await page.keyboard.insertText(text)
    }

    await write('{ "zip": { "$upper": { "$nowhere": 1 } } }')
    await page.getByText('These rules do not work on this example').waitFor()
    await page.locator('.cm-lintRange-error').waitFor()
    expect(await barriersOn(page)).toEqual([])

    await write('{ "zip": { "$upper": { "$": "input.postalCode" } }, "town": { "$": "input.city" } }')
    await result.getByText('"POSTALCODE"').waitFor()
    await page.getByText('Backwards', { exact: true }).click()
    await page.getByText('These rules cannot be read backwards here').waitFor()
    await write('{ "zip": { "$": "input.postalCode" }, "town": { "$": "input.city" } }')
    await page.getByRole('textbox', { name: 'Example of what was written' }).click()
    await page.keyboard.press('Control+A')
    await page.keyboard.insertText('{ "zip": "78704", "town": "Austin" }')
    await result.getByText('"postalCode"').waitFor()
    await result.getByText('"Austin"').waitFor()

    await press(page, 'Save')
    await page.getByText('Your own', { exact: true }).waitFor()
    await press(page, 'Undo')
    await page.getByText('Your own', { exact: true }).waitFor({ state: 'detached' })

    await write('{ "zip": { "$": "input.postalCode" } }')
    await press(page, 'Save')
    await press(page, 'Back to the template’s')
    await page.getByRole('dialog').getByRole('button', { name: 'Give it up' }).click()
    await page.getByText('Your own', { exact: true }).waitFor({ state: 'detached' })
    await rules.getByText('"input.street1"').waitFor()
  }, 120_000)
})

describe('a setting', () => {
  it('that is emptied is gone, as is an address; and undone, is there again', async () => {
    const { store, id, connector, page } = await connected()
    expect(await console.api('GET', connector)).toMatchObject({ settings: { defaultCarrier: 'usps' } })
    await page.goto(`${console.url}/stores/${store}/integrations/${id}/settings`)
    await page.getByLabel('Carrier to track with').fill('')
    await page.getByLabel('Address').fill('')
    await press(page, 'Save')

    await page.getByText('Saved.').waitFor()
    const { settings, endpoints } = await console.api('GET', connector)
    expect(settings).not.toHaveProperty('defaultCarrier')
    expect(endpoints).toEqual({})
    await press(page, 'Undo')
    await eventually(async () => {
      const undone = await console.api('GET', connector)
      expect(undone).toMatchObject({ settings: { defaultCarrier: 'usps' }, endpoints: { baseUrl: expect.any(String) } })
      return true
    })
  }, 120_000)
})

describe('a version', () => {
  it('is compared, taken, and rolled back; the history says who did it, and how it was then', async () => {
    const { store, id, page } = await connected()
    await page.goto(`${console.url}/stores/${store}/integrations/${id}/versions`)
    const inUse = (version: string) =>
      page.getByRole('row').filter({ hasText: version }).filter({ hasText: 'In use' }).waitFor()

    await press(page, 'Compare with 0.9.0')
    await page.getByRole('dialog').getByText('/defaultCarrier').waitFor()
    expect(await barriersOn(page)).toEqual([])
    await press(page, 'Move to 0.9.0')
    await inUse('0.9.0')
    await press(page, 'Roll back')
    await page
      .getByRole('dialog')
      .getByText(/become what they were before/)
      .waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click()
    await inUse('1.0.0')

    await page.getByRole('tab', { name: 'History' }).click()
    const upgrade = page.locator('.mantine-Timeline-item').filter({ hasText: 'Moved to another version' })
    await upgrade.getByText(/by local-admin, revision \d/).waitFor()
    await upgrade.getByRole('button', { name: 'View as of then' }).click()
    await page.getByRole('dialog').getByLabel('Configuration').getByText('"0.9.0"').waitFor()
  }, 120_000)
})

describe('turning it off', () => {
  it('can be undone', async () => {
    const { store, id, connector, page } = await connected()
    await page.goto(`${console.url}/stores/${store}/integrations/${id}`)
    await press(page, 'Deactivate')
    await page.getByText('Inactive', { exact: true }).waitFor()
    await press(page, 'Undo')
    await page.getByText('Active', { exact: true }).waitFor()
    expect(await console.api('GET', connector)).toMatchObject({ status: 'active' })
  }, 120_000)

  it('for good says what is lost before it is', async () => {
    const { store, id, connector, page } = await connected()
    await page.goto(`${console.url}/stores/${store}/integrations/${id}`)
    await press(page, 'Remove')
    const dialog = page.getByRole('dialog')
    await dialog.getByText(/credentials are destroyed for good/).waitFor()
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Cancel')
    await dialog.getByRole('button', { name: 'Remove it' }).click()
    await page.getByText('Nothing is connected yet').waitFor()
    await expect(console.api('GET', connector)).rejects.toThrow('404')
  }, 120_000)
})

describe('10,000 runs', () => {
  it('are scrolled through to the end, of which only those in sight are drawn', async () => {
    const { store, id, page } = await connected()
    await record(10_000, store as StoreId, id as ConnectorId)
    await page.goto(`${console.url}/stores/${store}/integrations/${id}`)
    await loaded(page)
    const list = page.getByRole('group', { name: 'Runs, newest first, to scroll' })
    await list.focus()
    await eventually(
      async () => {
        await page.keyboard.press('End')
        return (await page.getByText('10,001 in all').count()) === 1
      },
      { withinMs: 120_000, everyMs: 200 },
    )
    await list.getByText('run_0', { exact: true }).waitFor()
    expect(await list.getByRole('row').count()).toBeLessThan(60)

    await page.keyboard.press('Home')
    await list.getByText('run_9999', { exact: true }).waitFor()
    expect(await barriersOn(page)).toEqual([])
  }, 180_000)
})

/** Tells the sandbox carrier how to answer from now on. */
async function behave(instruction: { behaviour: string; times?: number } | 'well'): Promise<void> {
  const told: RequestInit =
    instruction === 'well'
      ? { method: 'DELETE' }
      : {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ path: '/shipments', ...instruction }),
        }
  const response = await fetch(`${console.demo.carrierUrl}/__behave`, told)
  if (!response.ok) throw new Error(`The carrier answered ${response.status}`)
}

/** Puts runs into the log as the executor does, the last the newest, and waits until they are all counted. */
async function record(count: number, storeId: StoreId, connectorId: ConnectorId): Promise<void> {
  const connection = await console.bus('hookExecutor')
  const js = jetstream(connection)
  const fact = (index: number): ExecutionRecorded => ({
    executionId: newId('exec'),
    storeId,
    connectorId,
    hook: `run_${index}`,
    trigger: 'invoke',
    connectorRevision: 1,
    templateVersion: '1.0.0',
    status: 'succeeded',
    source: 'live',
    startedAt: new Date().toISOString(),
    durationMs: 10 + (index % 90),
    deadlineMs: 3_000,
    input: { content: {}, truncated: false },
    steps: [],
  })
  const together = 500
  for (let index = 0; index < count; index += together) {
    await Promise.all(
      Array.from({ length: together }, (_, offset) =>
        js.publish(executionSubject(storeId, connectorId), JSON.stringify(fact(index + offset))),
      ),
    )
  }
  await connection.close()
  const path = `/v1/stores/${storeId}/connectors/${connectorId}/stats?window=1h`
  await eventually(async () => (await console.api('GET', path))['total'] === count, { withinMs: 30_000 })
}
