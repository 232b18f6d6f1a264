import { startEngine, serviceNames, type Engine } from '@cartly/launcher'
import { testFolder } from '@cartly/testing'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { openBrowser } from './browser.ts'

const built = fileURLToPath(new URL('../../dist/index.html', import.meta.url))
const PATIENCE_MS = 15_000

/** The console in a browser, before an engine of its own with the demo store. */
export interface ConsoleUnderTest {
  readonly engine: Engine
  readonly demo: NonNullable<Engine['run']['demo']>
  /** A new browser, signed in by link as the owner of the stores, on the page at `path`. */
  visit(path: string, options?: { stores?: string[]; browser?: BrowserContextOptions }): Promise<Page>
  /** The public API, to set a scene; throws what is refused. */
  api<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>
  /** Tells the demo's receiver how to answer on a path, or to answer well again. */
  receiver(behaviour: { path: string; status: number } | 'well'): Promise<void>
  close(): Promise<void>
}

export async function consoleUnderTest(): Promise<ConsoleUnderTest> {
  if (!existsSync(built)) throw new Error('The console is not built.\n  → npm run build -w @cartly/console')
  const browser: Browser = await openBrowser()
  const engine = await startEngine({
    dataDir: testFolder('console'),
    services: serviceNames,
    env: { 'demo-store': { DEMO_RATE: '2' } },
  })
  const { gatewayUrl, adminToken } = engine.run
  const demo = engine.run.demo!
  return {
    engine,
    demo,
    async visit(path, { stores = [demo.storeId], browser: options } = {}) {
      const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
      context.setDefaultTimeout(PATIENCE_MS)
      const page = await context.newPage()
      await page.goto(`${gatewayUrl}/#token=${await engine.token({ stores })}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      if (path !== '/') await page.goto(gatewayUrl + path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      return page
    },
    async api(method, path, body) {
      const response = await fetch(`${gatewayUrl}${path}`, {
        method,
        headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
      return JSON.parse(text || '{}')
    },
    async receiver(behaviour) {
      await fetch(`${demo.receiverUrl}/behave`, {
        method: behaviour === 'well' ? 'DELETE' : 'POST',
        ...(behaviour === 'well'
          ? {}
          : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(behaviour) }),
      })
    },
    async close() {
      await browser.close()
      await engine.stop()
    },
  }
}
