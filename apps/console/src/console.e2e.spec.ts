import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@cartly/testing'
import { barriersOn, overhangOf } from './testing/barriers.ts'
import { consoleUnderTest, type ConsoleUnderTest } from './testing/console-under-test.ts'
import { heading, loaded, press } from './testing/merchant.ts'

/** What holds for the console as a whole: a real browser, the built files, a real engine with the demo store. */
let console: ConsoleUnderTest
let store: string

beforeAll(async () => {
  console = await consoleUnderTest({ env: { 'demo-store': { DEMO_RATE: '2' } } })
  store = `/stores/${console.demo.storeId}`
}, 120_000)

afterAll(() => console?.close(), 60_000)

interface Item {
  readonly id: string
  readonly status: string
  readonly authType: string
}

/** The newest of a list of the store that fits; the demo store may still be setting it up. */
const newest = (list: string, fits: (item: Item) => boolean = () => true): Promise<string> =>
  eventually(async () => (await console.api<{ data: Item[] }>('GET', `/v1${store}/${list}`)).data.find(fits)?.id)

describe('every page', () => {
  const addresses = async (): Promise<string[]> => {
    const connector = `integrations/${await newest('connectors', ({ status }) => status === 'active')}`
    const setup = `integrations/${await newest('connectors', ({ authType }) => authType === 'oauth2')}/setup`
    const webhook = `webhooks/${await newest('webhooks')}`
    return [
      'integrations',
      'integrations/new/easypost',
      'integrations/custom',
      ...['/credentials', '/settings', '/mappings', '/test', '/activate'].map((step) => setup + step),
      ...['', '/hooks', '/mappings', '/mappings/address', '/credentials', '/settings', '/versions', '/history'].map(
        (tab) => connector + tab,
      ),
      `executions/${await newest('executions')}`,
      'webhooks',
      'webhooks/new',
      ...['', '/configuration', '/signing', '/recover', '/edit'].map((tab) => webhook + tab),
      `deliveries/${await newest('deliveries')}`,
      'activity',
      'activity/rejected',
      'nowhere',
    ].map((page) => `${store}/${page}`)
  }

  it.each([
    { colorScheme: 'light', viewport: { width: 1280, height: 900 } },
    { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
  ] as const)(
    'has no barrier, no overhang and nothing that its policy refuses: $colorScheme, $viewport.width wide',
    async (browser) => {
      const page = await console.visit('/', { browser })
      const refused: string[] = []
      page.on('console', (message) => message.type() === 'error' && refused.push(message.text()))
      const found: Record<string, unknown> = {}
      for (const address of await addresses()) {
        await page.goto(console.url + address)
        await page.getByRole('heading', { level: 1 }).waitFor()
        await loaded(page)
        const barriers = await barriersOn(page)
        const overhang = await overhangOf(page)
        if (barriers.length > 0 || overhang > 0) found[address] = { barriers, overhang }
      }
      expect(found).toEqual({})
      expect(refused).toEqual([])
    },
    120_000,
  )

  it('comes with at most 300 KiB of script at first, and asks for no row by itself', async () => {
    const page = await console.visit('/')
    const sizes: Promise<number>[] = []
    const asked: string[] = []
    page.on('response', (response) => {
      const { pathname } = new URL(response.url())
      if (pathname.startsWith('/v1/')) asked.push(pathname)
      if (response.request().resourceType() !== 'script') return
      sizes.push(response.headerValue('content-length').then(Number))
    })
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('Network.setCacheDisabled', { cacheDisabled: true })
    await page.goto(`${console.url}${store}/integrations`)
    await page.getByRole('link', { name: 'Shippo', exact: true }).waitFor()
    await loaded(page)

    const whole = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
    expect(whole).toBeGreaterThan(50 * 1024)
    expect(whole).toBeLessThan(300 * 1024)
    expect(new Set(asked)).toEqual(new Set([`/v1${store}/live`, `/v1${store}/connectors`, '/v1/templates']))
  }, 120_000)
})

describe('the keyboard', () => {
  it('opens a page with its heading in focus', async () => {
    const page = await console.visit(`${store}/integrations`)
    await page.getByRole('link', { name: 'Webhooks' }).press('Enter')
    await heading(page, 'Webhooks')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Webhooks')
  }, 120_000)
})

describe('a server that is away', () => {
  it('is said so, and asked again', async () => {
    const page = await console.visit('/')
    await page.route(/\/webhooks\?/, (route) => route.abort())
    await page.getByRole('link', { name: 'Webhooks' }).click()
    await page.getByText('The server cannot be reached.').waitFor()

    await page.unrouteAll()
    await press(page, 'Try again')
    await page.getByText('The sample receiver').waitFor()
  }, 120_000)
})

describe('another store', () => {
  it('sees nothing of this one', async () => {
    const [connector, execution, webhook, delivery] = await Promise.all([
      newest('connectors'),
      newest('executions'),
      newest('webhooks'),
      newest('deliveries'),
    ])
    const page = await console.visit('/', { stores: ['store_other'] })
    await page.getByText('Nothing is connected yet').waitFor()
    await page.getByRole('link', { name: 'Webhooks' }).click()
    await page.getByText('No webhook yet').waitFor()

    const own = `${console.url}/stores/store_other`
    for (const [address, what] of [
      [`integrations/${connector}`, 'the integration'],
      [`executions/${execution}`, 'the run'],
      [`webhooks/${webhook}`, 'the webhook'],
      [`deliveries/${delivery}`, 'the delivery'],
    ]) {
      await page.goto(`${own}/${address}`)
      await page.getByText(`Not found: ${what}`).waitFor()
      await page.goto(`${console.url}${store}/${address}`)
      await page.getByText(`Not found: ${what}`).waitFor()
    }

    // The demo store is busy; of what happens there, nothing comes here.
    await page.goto(`${own}/activity`)
    await page.getByText('Live', { exact: true }).waitFor()
    const other = await console.visit(`${store}/activity`)
    await other.getByText('Live', { exact: true }).waitFor()
    const before = await other.getByText('just now').count()
    await eventually(async () => (await other.getByText('just now').count()) > before)
    expect(await page.getByText('Nothing happens right now').count()).toBe(1)
  }, 120_000)
})

describe('the activity', () => {
  it('shows what happens as it does, until it is paused', async () => {
    const page = await console.visit('/stores/store_live/activity', { stores: ['store_live'] })
    await page.getByText('Live', { exact: true }).waitFor()
    await page.getByText('Nothing happens right now').waitFor()
    const { id } = await console.api('POST', '/v1/stores/store_live/webhooks', {
      url: `${console.demo.receiverUrl}/live`,
      eventTypes: ['*'],
    })
    await page.getByText('by local-admin').waitFor()
    await console.happens('store_live', 'product.deleted')
    const row = page.getByRole('row').filter({ hasText: 'product.deleted' })
    await row.getByText('answered 204').waitFor()

    await press(page, 'Pause')
    await console.happens('store_live', 'customer.updated')
    const deliveries = `/v1/stores/store_live/webhooks/${String(id)}/deliveries?eventType=customer.updated`
    await eventually(async () => (await console.api<{ data: unknown[] }>('GET', deliveries)).data.length === 1)
    expect(await page.getByRole('row').filter({ hasText: 'customer.updated' }).count()).toBe(0)

    await row.getByRole('link').click()
    await heading(page, 'product.deleted')
  }, 120_000)

  it('names the reason for which an event was put aside', async () => {
    const page = await console.visit('/stores/store_odd/activity/rejected', { stores: ['store_odd'] })
    await page.getByText('None was rejected').waitFor()
    await console.happens('store_odd', 'order.created', { id: 7 })

    await page.getByText(/\/data\/id/).waitFor()
    await press(page, 'What came')
    await page.getByLabel('Body (its first 4 KiB)').getByText('"id": 7').waitFor()
    expect(await barriersOn(page)).toEqual([])
  }, 120_000)
})
