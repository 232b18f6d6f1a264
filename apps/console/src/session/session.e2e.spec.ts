import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { freePort, startIdentityProvider, type IdentityProvider } from '@cartly/testing'
import type { Page } from 'playwright-core'
import { barriersOn } from '../testing/barriers.ts'
import { consoleUnderTest, type ConsoleUnderTest } from '../testing/console-under-test.ts'
import { heading, press } from '../testing/merchant.ts'

/** Signing in and out in a real browser: at a real identity provider, and by link. */
let console: ConsoleUnderTest
let provider: IdentityProvider
const store = '/stores/store_1'

beforeAll(async () => {
  const port = await freePort()
  const audience = 'https://cartly.test/integrations'
  provider = await startIdentityProvider({
    audience,
    gatewayUrl: `http://127.0.0.1:${port}`,
    scope: 'integrations:read integrations:write webhooks:read executions:read',
  })
  provider.stores = ['store_1']
  console = await consoleUnderTest({
    services: ['connector-registry', 'webhook-dispatcher', 'admin-gateway'],
    ports: { gateway: port },
    env: {
      'admin-gateway': {
        AUTH_ISSUER: provider.issuer,
        AUTH_JWKS_URL: provider.jwksUrl,
        AUTH_AUDIENCE: audience,
        AUTH_OIDC_CLIENT_ID: provider.client.clientId,
        AUTH_OIDC_CLIENT_SECRET: provider.client.clientSecret,
        AUTH_OIDC_SCOPE: 'openid integrations:read integrations:write webhooks:read executions:read',
      },
    },
  })
}, 120_000)

afterAll(async () => {
  await console?.close()
  await provider?.stop()
}, 60_000)

/** Where a script of the page, or whoever looks at the address bar later, could find a token. */
const inReach = (page: Page) =>
  page.evaluate(
    'JSON.stringify([location.href, history.state, { ...localStorage }, { ...sessionStorage }, document.cookie])',
  )

/** The cookie itself; the provider, on the same host, has its own. */
const sessionOf = async (page: Page) =>
  (await page.context().cookies(console.url)).find(({ name }) => name === 'cartly_session')

/** The provider's own pages: who one is, then what is allowed. */
async function signInAs(page: Page, name: string): Promise<void> {
  await page.locator('[name=login]').fill(name)
  await page.locator('[name=password]').fill('any')
  await page.getByRole('button', { name: 'Sign-in' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
}

describe('at the identity provider', () => {
  const begun = async (path: string) => {
    const page = await console.visit(path, { stores: null })
    await page.getByRole('link', { name: 'Sign in with your Cartly account' }).click()
    return page
  }

  it('leads back to the page that was wanted, with a session that no script can read', async () => {
    const page = await begun(`${store}/webhooks?from=mail`)
    await signInAs(page, 'ada')

    await heading(page, 'Webhooks')
    expect(page.url()).toBe(`${console.url}${store}/webhooks?from=mail`)
    await page.getByRole('button', { name: 'ada' }).waitFor()
    expect(await inReach(page)).not.toMatch(/eyJ/)
    expect(await sessionOf(page)).toMatchObject({ httpOnly: true, sameSite: 'Strict' })
  }, 120_000)

  it('offers only what the account may do', async () => {
    const page = await begun(`${store}/webhooks`)
    await signInAs(page, 'ada')

    await page.getByText('No webhook yet').waitFor()
    expect(await page.getByRole('link', { name: 'Add a webhook' }).count()).toBe(0)
  }, 120_000)

  it('says so when it is cancelled, or when the account has no store', async () => {
    const cancelled = await begun('/')
    await cancelled.getByRole('link', { name: /Cancel/ }).click()
    await heading(cancelled, 'You are not signed in')

    await cancelled.getByRole('link', { name: 'Sign in again' }).click()
    await signInAs(cancelled, 'ben')
    await heading(cancelled, 'You may not use this')
    expect(await barriersOn(cancelled)).toEqual([])
  }, 120_000)

  it('is signed out of too, when one signs out here', async () => {
    const page = await begun(`${store}/webhooks`)
    await signInAs(page, 'ada')
    await press(page, 'ada')
    await page.getByRole('menuitem', { name: 'Sign out' }).click()

    await page.getByRole('button', { name: /Yes, sign me out/ }).click()
    await page.waitForURL(`${console.url}/`)
    await heading(page, 'Sign in')
    expect(await sessionOf(page)).toBeUndefined()
  }, 120_000)
})

describe('by link', () => {
  /** A token of the provider's, as a platform would put it into its link. */
  const token = async () => {
    const page = await console.visit('/', { stores: null })
    await page.getByRole('link', { name: 'Sign in with your Cartly account' }).click()
    await signInAs(page, 'ada')
    await heading(page, 'Integrations')
    return (await sessionOf(page))!.value
  }

  it('takes the token out of the address, the history and the reach of scripts', async () => {
    const page = await console.visit('/', { stores: null })
    await page.goto(`${console.url}${store}/webhooks#token=${await token()}`)
    await heading(page, 'Webhooks')
    expect(await inReach(page)).not.toMatch(/eyJ|token/)

    await page.getByRole('link', { name: 'Integrations', exact: true }).click()
    await heading(page, 'Integrations')
    await page.goBack()
    await heading(page, 'Webhooks')
    expect(await inReach(page)).not.toMatch(/eyJ|token/)
  }, 120_000)

  it('works pasted, and says why when it does not', async () => {
    const page = await console.visit(`${store}/webhooks`, { stores: null })
    await press(page, 'Use a sign-in link')
    await page.getByLabel('Sign-in link or token').fill('eyJhbGciOiJub25lIn0.e30.')
    await press(page, 'Sign in')
    await page.getByText('This token was not accepted').waitFor()
    expect(await barriersOn(page)).toEqual([])

    await page.getByLabel('Sign-in link or token').fill(`${console.url}/#token=${await token()}`)
    await press(page, 'Sign in')
    await heading(page, 'Webhooks')
  }, 120_000)
})

describe('a session', () => {
  it('that has ended leads to the way in, and back to the same page', async () => {
    const page = await console.visit(`${store}/integrations`, { stores: null })
    await page.getByRole('link', { name: 'Sign in with your Cartly account' }).click()
    await signInAs(page, 'ada')
    await heading(page, 'Integrations')
    await page.context().clearCookies()
    await page.getByRole('link', { name: 'Webhooks' }).click()

    await heading(page, 'Sign in')
    const address = new URL(
      await page.getByRole('link', { name: /Cartly account/ }).evaluate((link) => (link as HTMLAnchorElement).href),
    )
    expect(address.searchParams.get('returnTo')).toBe(`${store}/webhooks`)
  }, 120_000)

  it('does nothing for a page of another origin, though the browser sends its cookie there', async () => {
    const page = await console.visit(`${store}/integrations`, { stores: null })
    await page.getByRole('link', { name: 'Sign in with your Cartly account' }).click()
    await signInAs(page, 'ada')
    await heading(page, 'Integrations')
    // Another port of the same host is another origin, but the same site: SameSite does not hold it off.
    await page.goto(`${provider.issuer}/.well-known/openid-configuration`)
    await page.evaluate((action) => {
      const form = Object.assign(document.createElement('form'), { method: 'post', enctype: 'text/plain', action })
      document.body.append(form)
      form.submit()
    }, `${console.url}/v1${store}/connectors`)
    await page.getByText('cross_site_request').waitFor()

    await page.goto(`${console.url}${store}/integrations`)
    await page.getByText('Nothing is connected yet').waitFor()
  }, 120_000)
})
