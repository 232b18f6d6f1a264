import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually, freePort } from '@cartly/testing'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { barriersOn } from '../testing/barriers.ts'
import { consoleUnderTest, type ConsoleUnderTest } from '../testing/console-under-test.ts'
import { heading, press } from '../testing/merchant.ts'

/** Webhooks, from the first address to the recovery of what did not arrive; the demo's receiver is the merchant's server. */
let console: ConsoleUnderTest
let stores = 0

beforeAll(async () => {
  console = await consoleUnderTest()
}, 120_000)

afterAll(() => console?.close(), 60_000)

interface Received {
  readonly headers: Readonly<Record<string, string>>
  readonly body: { readonly data: { readonly id: string } }
  readonly status: number
}

/** What the merchant's server got at a path. */
const received = async (path: string): Promise<Received[]> =>
  ((await (await fetch(`${console.demo.receiverUrl}/received?path=${path}`)).json()) as { deliveries: Received[] })
    .deliveries

/** Tells the merchant's server how to answer at a path. */
const answers = (path: string, status: number) =>
  fetch(`${console.demo.receiverUrl}/behave`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ path, status }),
  })

/** A store of its own with one webhook, to a path of its own. */
async function added(config: object = {}): Promise<{ store: string; path: string; webhook: string; page: Page }> {
  const store = `store_${++stores}`
  const path = `/${store}`
  const { id } = await console.api<{ id: string }>('POST', `/v1/stores/${store}/webhooks`, {
    url: console.demo.receiverUrl + path,
    eventTypes: ['*'],
    ...config,
  })
  return {
    store,
    path,
    webhook: `/stores/${store}/webhooks/${id}`,
    page: await console.visit('/', { stores: [store] }),
  }
}

describe('a webhook', () => {
  it('is added; a test that fails is explained, and tried again by hand until it arrives', async () => {
    const store = `store_${++stores}`
    const page = await console.visit(`/stores/${store}/webhooks`, { stores: [store] })
    await page.getByText('No webhook yet').waitFor()
    await page.getByRole('link', { name: 'Add a webhook' }).first().click()
    await page.getByLabel('Address').fill(`${console.demo.receiverUrl}/console`)
    await page.getByLabel('Description').fill('Made by hand')
    await press(page, 'Add it')
    await heading(page, 'Your webhook is ready')
    expect(await page.content()).not.toMatch(/whsec_\w/)
    await press(page, 'Show')
    await page.getByText(/^whsec_/).waitFor()
    expect(await barriersOn(page)).toEqual([])

    await answers('/console', 500)
    await page.getByRole('link', { name: 'To the webhook, and send a test' }).click()
    await press(page, 'Send a test')
    await press(page, 'Send it')
    await page.getByText('Your server did not take it').waitFor()
    await page.getByText('It answered 500.').waitFor()
    await page.keyboard.press('Escape')

    await console.happens(store, 'order.created')
    await page.getByRole('row').filter({ hasText: 'Will be retried' }).getByRole('link').click()
    await page.getByText('It did not arrive').waitFor()
    await answers('/console', 204)
    await press(page, 'Try now')
    await page.getByText('Your server took it.').waitFor()
    const first = page.getByRole('region', { name: 'Attempt 1' })
    await first.getByText('500', { exact: true }).waitFor()
    await page
      .getByRole('region', { name: 'Attempt 2' })
      .getByText(/retried by hand/)
      .waitFor()
    expect((await received('/console')).map(({ status }) => status)).toEqual([500, 500, 204])
  }, 120_000)

  it('tries its conditions on what happened lately, and keeps to them', async () => {
    const { store, path, webhook, page } = await added()
    await console.happens(store, 'order.created', { id: 'ord_small', total: { amount: 100, currency: 'USD' } })
    await console.happens(store, 'order.created', { id: 'ord_large', total: { amount: 9_900, currency: 'USD' } })
    await eventually(async () => (await received(path)).length === 2)

    await page.goto(`${console.url}${webhook}/edit`)
    await press(page, 'Add a condition')
    await page.getByRole('combobox', { name: 'Field' }).fill('/data/total/amount')
    await page.getByRole('combobox', { name: 'Condition' }).click()
    await page.getByRole('option', { name: 'is at least' }).click()
    await page.getByLabel('Value').fill('5000')
    await page.getByText('1 of 2 recent events would be sent').waitFor()
    expect(await barriersOn(page)).toEqual([])
    await press(page, 'Save')
    await page.getByText('Saved. It applies to events from now on.').waitFor()

    for (const amount of [100, 9_900]) {
      await console.happens(store, 'order.created', { id: `ord_${amount}`, total: { amount, currency: 'USD' } })
    }
    await eventually(async () => (await received(path)).some(({ body }) => body.data.id === 'ord_9900'))
    expect((await received(path)).map(({ body }) => body.data.id)).not.toContain('ord_100')
  }, 120_000)

  it('shows its secret when asked, and replaces it with a time in which both are good', async () => {
    const { store, path, webhook, page } = await added()
    await page.goto(`${console.url}${webhook}/signing`)
    await press(page, 'Fetch the secret')
    await press(page, 'Show')
    const before = await page.getByText(/^whsec_/).textContent()
    await press(page, 'Replace the secret')
    await page
      .getByRole('dialog')
      .getByText(/24 hours to take over the new one/)
      .waitFor()
    await press(page, 'Replace it')
    await page.getByText(/every request is signed with the old secret too/).waitFor()
    expect(await page.getByText(/^whsec_/).textContent()).not.toBe(before)

    await console.happens(store, 'order.created')
    const [request] = await eventually(async () => {
      const all = await received(path)
      return all.length > 0 && all
    })
    expect(request!.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/)
  }, 120_000)

  it('is switched off, and on again by undoing; deleting it says what is lost', async () => {
    const { webhook, page } = await added()
    await page.goto(`${console.url}${webhook}`)
    await press(page, 'Disable')
    await page.getByText('It is switched off').waitFor()
    await press(page, 'Undo')
    await page.getByText('Enabled', { exact: true }).waitFor()

    await press(page, 'Delete')
    await page
      .getByRole('dialog')
      .getByText(/what waits to be retried is dropped/)
      .waitFor()
    await press(page, 'Delete it')
    await page.getByText('No webhook yet').waitFor()
  }, 120_000)
})

describe('the program that checks signatures', () => {
  it.each([
    ['v1', 'secret.ts', 'CARTLY_WEBHOOK_SECRET'],
    ['v1a', 'key-pair.ts', 'CARTLY_WEBHOOK_PUBLIC_KEY'],
  ] as const)(
    'of %s runs as it is shown, takes what is signed and nothing else',
    async (signature, file, variable) => {
      const port = await freePort()
      const address = `http://127.0.0.1:${port}/webhooks`
      const created = await console.api<{ id: string; secret: string; publicKey?: string }>(
        'POST',
        `/v1/stores/store_${++stores}/webhooks`,
        { url: address, eventTypes: ['*'], signature },
      )
      const program = spawn(process.execPath, [fileURLToPath(new URL(`receivers/${file}`, import.meta.url))], {
        env: { ...process.env, PORT: String(port), [variable]: created.publicKey ?? created.secret },
      })
      try {
        await eventually(() => fetch(address, { method: 'POST', body: '{}' }).then(({ status }) => status === 401))
        const test = `/v1/stores/store_${stores}/webhooks/${created.id}/test`
        expect(await console.api('POST', test, {})).toMatchObject({ status: 'succeeded', lastStatus: 204 })
      } finally {
        program.kill()
        await once(program, 'exit')
      }
    },
    60_000,
  )
})

describe('what did not arrive', () => {
  it('is counted, sent again with its progress, and arrives', async () => {
    const { store, path, webhook, page } = await added()
    await page.goto(`${console.url}${webhook}`)
    await press(page, 'Disable')
    await page.getByText('It is switched off').waitFor()
    const missed = Array.from({ length: 12 }, (_, index) => `ord_missed_${index}`)
    for (const id of missed) await console.happens(store, 'order.created', { id })
    await press(page, 'Enable')
    await page.getByText('Enabled', { exact: true }).waitFor()

    await page.getByRole('tab', { name: 'Recover' }).click()
    await press(page, 'Count first')
    await page.getByText('12 events did not arrive').waitFor()
    expect(await received(path)).toEqual([])
    await press(page, 'Send them now')
    await page.getByText('Done: 12 of 12').waitFor()
    expect(await page.getByRole('progressbar', { name: 'Events sent' }).getAttribute('aria-valuenow')).toBe('100')
    expect(await barriersOn(page)).toEqual([])

    expect((await received(path)).map(({ body }) => body.data.id).toSorted()).toEqual(missed.toSorted())
    await page.getByRole('tab', { name: 'Deliveries' }).click()
    await page.getByRole('row').filter({ hasText: 'order.created' }).first().getByRole('link').click()
    await page.getByText(/, recovered,/).waitFor()
  }, 120_000)

  it('is sent at the pace that the webhook is limited to, as one can watch', async () => {
    const { store, path, webhook, page } = await added({ rateLimitPerSecond: 2 })
    await console.api('POST', `/v1${webhook}/disable`)
    for (let index = 0; index < 8; index++) await console.happens(store, 'order.created', { id: `ord_${index}` })
    await console.api('POST', `/v1${webhook}/enable`)

    await page.goto(`${console.url}${webhook}/recover`)
    await press(page, 'Count first')
    await press(page, 'Send them now')
    await page.getByText(/^Sending: [1-7] of 8$/).waitFor()
    await page.getByText('Done: 8 of 8').waitFor()
    expect(await received(path)).toHaveLength(8)
  }, 120_000)

  it('because the server said it is gone, switches the webhook off, says why, and leads to the recovery', async () => {
    const { store, path, webhook, page } = await added()
    await page.goto(`${console.url}${webhook}`)
    await page.getByText('Live', { exact: true }).waitFor()
    await answers(path, 410)
    await console.happens(store, 'order.created')

    await page.getByText('It was switched off by itself').waitFor()
    await page.getByRole('link', { name: 'Recover what it missed' }).click()
    await page.getByRole('button', { name: 'Count first' }).waitFor()
  }, 120_000)
})
