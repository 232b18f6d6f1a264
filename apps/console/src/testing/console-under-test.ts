import { startEngine, serviceNames, type Engine, type EngineOptions } from '@cartly/launcher'
import { testFolder } from '@cartly/testing'
import { connect } from '@nats-io/transport-node'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { openBrowser } from './browser.ts'

const built = fileURLToPath(new URL('../../dist/index.html', import.meta.url))
const PATIENCE_MS = 30_000

interface Visit {
  /** Whose owner signs in; the demo store's when absent. `null`: nobody does. */
  readonly stores?: readonly string[] | null
  readonly browser?: BrowserContextOptions
}

/** The console in a browser, before an engine of its own with the demo's carrier, receiver and authorization server. */
export interface ConsoleUnderTest {
  readonly engine: Engine
  readonly url: string
  readonly demo: NonNullable<Engine['run']['demo']>
  /** A new browser, signed in by link, on the page at `path`. */
  visit(path: string, options?: Visit): Promise<Page>
  /** The public API, to set a scene; throws what is refused. */
  api<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>
  /** What the store platform says happened: the example of an event's type, `changed`. @returns the event's id. */
  happens(storeId: string, type: string, changed?: Record<string, unknown>): Promise<string>
  /** The bus, as one of its users. */
  bus(user: string): ReturnType<typeof connect>
  close(): Promise<void>
}

export async function consoleUnderTest(options: Partial<EngineOptions> = {}): Promise<ConsoleUnderTest> {
  if (!existsSync(built)) throw new Error('The console is not built.\n  → npm run build -w @cartly/console')
  const browser: Browser = await openBrowser()
  const engine = await startEngine({ dataDir: testFolder('console'), services: serviceNames, ...options }).catch(
    async (error: unknown) => {
      await browser.close()
      throw error
    },
  )
  const { gatewayUrl: url, adminToken, natsUrl, natsUsers } = engine.run
  const demo = engine.run.demo ?? { storeId: 'store_1', receiverUrl: '', carrierUrl: '', authorizationServerUrl: '' }
  const bus = (name: string) => {
    const { user, password: pass } = natsUsers[name] as { user: string; password: string }
    return connect({ servers: natsUrl, user, pass, inboxPrefix: `_INBOX.${user}` })
  }
  const api: ConsoleUnderTest['api'] = async (method, path, body) => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return JSON.parse(text || '{}')
  }
  return {
    engine,
    url,
    demo,
    bus,
    api,
    async visit(path, { stores = [demo.storeId], browser: settings } = {}) {
      const context = await browser.newContext({ reducedMotion: 'reduce', ...settings })
      context.setDefaultTimeout(PATIENCE_MS)
      const page = await context.newPage()
      if (stores) {
        await page.goto(`${url}/#token=${await engine.token({ stores: [...stores] })}`)
        await page.getByRole('heading', { level: 1 }).waitFor()
      }
      if (path !== '/' || !stores) await page.goto(url + path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      return page
    },
    async happens(storeId, type, changed = {}) {
      const { example } = await api<{ example: { data: object } }>('GET', `/v1/event-types/${type}`)
      const id = `evt_${crypto.randomUUID()}`
      const event = { ...example, id, time: new Date().toISOString(), data: { ...example.data, ...changed } }
      const connection = await bus('storePlatform')
      await connection.request(`store.${storeId}.${type}`, JSON.stringify(event))
      await connection.close()
      return id
    },
    async close() {
      await browser.close()
      await engine.stop()
    },
  }
}
