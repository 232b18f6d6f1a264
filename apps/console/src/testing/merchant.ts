import { eventually } from '@cartly/testing'
import type { Locator, Page } from 'playwright-core'
import type { ConsoleUnderTest } from './console-under-test.ts'

/** A token that the sandbox carrier takes, and one that it refuses. */
export const goodKey = 'shippo_test_0123456789abcdef0123456789abcdef01234567'
export const badKey = 'shippo_test_0000000000000000000000000000000000dead'

export const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name }).first().waitFor()

export const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true }).click()

/** Resolves when nothing of the page is on its way any more. */
export const loaded = (page: Page) =>
  eventually(async () => (await page.locator('[role=status][aria-label^=Loading]').count()) === 0)

const MOST_STOPS = 80

/** Goes to a control by the Tab key alone. @throws Error when the keyboard does not get there. */
export async function tabTo(page: Page, control: Locator): Promise<void> {
  for (let stops = 0; stops < MOST_STOPS; stops++) {
    if (await control.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`${MOST_STOPS} times Tab do not lead to ${control}`)
}

/** Goes to a control by the Tab key, and presses it. */
export async function enter(page: Page, control: Locator, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
  await tabTo(page, control)
  await page.keyboard.press(key)
}

/** An active Shippo connector of the store against the sandbox carrier. @returns its id */
export async function connectShippo({ api, demo }: ConsoleUnderTest, storeId: string, name: string): Promise<string> {
  const connectors = `/v1/stores/${storeId}/connectors`
  const { id } = await api<{ id: string }>('POST', connectors, {
    template: 'shippo',
    name,
    endpoints: { baseUrl: demo.carrierUrl },
  })
  await api('PUT', `${connectors}/${id}/credentials`, { values: { apiKey: goodKey } })
  await api('POST', `${connectors}/${id}/test`)
  await api('POST', `${connectors}/${id}/activate`)
  return id
}

/** What a checkout asks rates for; some postal codes make the sandbox carrier fail in their own way. */
export function ratesInput(postalCode = '78704'): object {
  const address = { street1: '1 Main St', city: 'Austin', state: 'TX', country: 'US' }
  const side = { value: 10, unit: 'cm' }
  return {
    from: { ...address, postalCode: '78701' },
    to: { ...address, postalCode },
    parcels: [{ length: side, width: side, height: side, weight: { value: 300, unit: 'g' } }],
  }
}
