import { setTimeout as delay } from 'node:timers/promises'
import { readJsonFile, writeJsonFile } from '../json-file.ts'
import { contactsDefinition } from './contacts-definition.ts'

export interface StoreSetUp {
  readonly gatewayUrl: string
  readonly adminToken: string
  readonly storeId: string
  readonly carrierUrl: string
  readonly authorizationServerUrl: string
  readonly receiverUrl: string
  /** Tells the receiver what signs the deliveries to a path. */
  registerKey(path: string, secret: string): void
  /** Remembers what is done, so that a restart does not do it again. */
  readonly doneFile: string
  readonly signal: AbortSignal
}

interface Done {
  shippo?: string
  webhook?: string
  contacts?: string
}

const RETRY_MS = 500
const webhookPath = '/webhooks'

/**
 * Gives the demo store what a merchant would set up in the console, through the same public API: an active Shippo
 * connector, a webhook for everything, and a connector that waits for consent. Each once, whatever is interrupted.
 */
export async function setUpStore(setUp: StoreSetUp): Promise<void> {
  const done: Done = readJsonFile(setUp.doneFile, {})
  const steps: Record<keyof Done, () => Promise<string>> = {
    shippo: () => connectShippo(setUp),
    webhook: () => addWebhook(setUp),
    contacts: () => offerContacts(setUp),
  }
  for (const [name, step] of Object.entries(steps) as [keyof Done, () => Promise<string>][]) {
    while (!done[name] && !setUp.signal.aborted) {
      try {
        done[name] = await step()
        writeJsonFile(setUp.doneFile, done)
      } catch (error) {
        if (!(error instanceof NotReady)) throw error
        await delay(RETRY_MS, undefined, { signal: setUp.signal }).catch(() => undefined)
      }
    }
  }
}

async function connectShippo(setUp: StoreSetUp): Promise<string> {
  const endpoints = { baseUrl: setUp.carrierUrl }
  const { id } = await ask(setUp, 'POST', '/connectors', { template: 'shippo', name: 'Shippo (sandbox)', endpoints })
  const connector = `/connectors/${String(id)}`
  const values = { apiKey: 'shippo_test_5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d1e2f3a4b' }
  await ask(setUp, 'PUT', `${connector}/credentials`, { values })
  await ask(setUp, 'POST', `${connector}/test`)
  await ask(setUp, 'POST', `${connector}/activate`)
  return String(id)
}

async function addWebhook(setUp: StoreSetUp): Promise<string> {
  const { id, secret } = await ask(setUp, 'POST', '/webhooks', {
    url: setUp.receiverUrl + webhookPath,
    eventTypes: ['*'],
    description: 'The sample receiver, which verifies every signature',
  })
  setUp.registerKey(webhookPath, String(secret))
  return String(id)
}

async function offerContacts(setUp: StoreSetUp): Promise<string> {
  const definition = contactsDefinition(setUp.authorizationServerUrl)
  const { id } = await ask(setUp, 'POST', '/connectors', { definition })
  const values = { clientId: 'cartly-demo', clientSecret: 'sandbox-secret-of-cartly-demo' }
  await ask(setUp, 'PUT', `/connectors/${String(id)}/credentials`, { values })
  return String(id)
}

/** The engine is still starting, or a part of it is away for the moment. */
class NotReady extends Error {}

async function ask(
  { gatewayUrl, adminToken, storeId, signal }: StoreSetUp,
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const url = `${gatewayUrl}/v1/stores/${storeId}${path}`
  const response = await fetch(url, {
    method,
    signal,
    headers: {
      authorization: `Bearer ${adminToken}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw new NotReady('the gateway does not listen yet', { cause: error })
  })
  const answer = await response.text()
  if (response.status >= 502 && response.status <= 504) throw new NotReady(answer)
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${answer.slice(0, 500)}`)
  return answer === '' ? {} : (JSON.parse(answer) as Record<string, unknown>)
}
