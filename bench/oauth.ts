/**
 * Refreshes at a real authorization server that rotates refresh tokens and revokes a grant whose token is used twice: 50
 * workers meet each expiry at once, at two replicas; of one grant at a time, and of ten side by side. The judge is the
 * server: token calls = expiries, no grant revoked. Next to it, the least a refresh must do: the token call alone.
 * Run: `npm run bench -- oauth [expiries]` (default 200).
 */
import { randomUUID } from 'node:crypto'
import { connectorEvents, newId, oauth, vault, type ConnectorId, type StoreId } from '@cartly/contracts'
import { contactsDefinition, startAuthorizationServer, walkConsent } from '@cartly/demo-store'
import { createEventStore } from '@cartly/event-store'
import type { BusClient } from '@cartly/messaging'
import { sealToVault } from '@cartly/vault-client'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { startEngine } from './lib/engine.ts'
import { exponent, percentile, printTable, rounded, saveResult } from './lib/report.ts'
import { cpuSeconds } from './lib/usage.ts'

const expiries = Number(process.argv[2] ?? 200)
const WORKERS = 50
const GRANTS = 10
const storeId = 'store-1' as StoreId
const publicUrl = 'http://127.0.0.1:4000'

const server = await startAuthorizationServer()
const engine = await startEngine()
try {
  await engine.start('credential-vault')
  const replicas = [await engine.start('oauth-refresher'), await engine.start('oauth-refresher')]
  const grants = await Promise.all(Array.from({ length: GRANTS }, () => connect()))
  const executor = await engine.connect('hook-executor')

  const bare = await measureBare(20)
  await meet(GRANTS, GRANTS) // Until everything is compiled and connected.
  const alone = await meet(Math.max(GRANTS, expiries / 10), 1)
  const results = []
  for (const size of [Math.max(GRANTS, expiries / 10), expiries]) results.push(await meet(size, GRANTS))
  printTable(`${WORKERS} workers meet each expiry; milliseconds until all of them have the new token`, [
    alone,
    ...results,
  ])
  console.log(
    `\n  the token call alone: p50 ${rounded(percentile(bare, 0.5))} ms; grants revoked: ${server.grantsRevoked}`,
  )
  const growth = exponent(
    { size: results[0]!.expiries, cost: results[0]!.seconds },
    { size: results[1]!.expiries, cost: results[1]!.seconds },
  )
  console.log(`  exponent between the two sizes: ${rounded(growth, 2)}`)
  saveResult('oauth', { alone, results, bareP50: percentile(bare, 0.5), grantsRevoked: server.grantsRevoked, growth })

  /** So many expiries, those of a grant one after the other, some grants side by side. */
  async function meet(size: number, sideBySide: number) {
    const cpuBefore = cpuOfReplicas()
    const callsBefore = server.tokenCalls.length
    const began = performance.now()
    const times: number[] = []
    await Promise.all(
      grants.slice(0, sideBySide).map(async (grant, index) => {
        for (let n = index; n < size; n += sideBySide) {
          const start = performance.now()
          const stale = { storeId, connectorId: grant.connectorId, staleVersion: grant.version++ }
          await Promise.all(Array.from({ length: WORKERS }, () => refresh(stale)))
          times.push(performance.now() - start)
        }
      }),
    )
    const seconds = (performance.now() - began) / 1_000
    const tokenCalls = server.tokenCalls.length - callsBefore
    return {
      expiries: size,
      'at a time': sideBySide,
      tokenCalls,
      seconds: rounded(seconds, 2),
      'refreshes/s': rounded(size / seconds, 0),
      p50: rounded(percentile(times, 0.5)),
      p99: rounded(percentile(times, 0.99)),
      'CPU ms each': rounded(((cpuOfReplicas() - cpuBefore) / size) * 1_000),
      'to the call alone': rounded(percentile(times, 0.5) / percentile(bare, 0.5)),
    }
  }

  function cpuOfReplicas(): number {
    return replicas.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0)
  }

  async function refresh(request: object): Promise<void> {
    const reply = await executor.request(oauth.refresh.subject, JSON.stringify(request), { timeout: 15_000 })
    if (reply.headers?.get('Cartly-Error')) throw new Error(reply.string())
  }

  /** A connector whose merchant has consented. */
  async function connect(): Promise<{ connectorId: ConnectorId; version: number }> {
    const nc = await engine.connect('connector-registry')
    const log = createEventStore({ nc, js: jetstream(nc), jsm: await jetstreamManager(nc, { checkAPI: false }) })
    const connectorId = newId('conn')
    const at = new Date().toISOString()
    const configuration = { name: 'Contacts', settings: {}, endpoints: {}, mappings: {} }
    const definition = contactsDefinition(server.url)
    await log.append(connectorEvents, connectorId, {
      events: [
        {
          type: 'ConnectorInstalled',
          data: { connectorId, storeId, template: null, definition, ...configuration, at },
        },
      ],
      storeId,
      revision: 1,
      expectedSequence: 0,
      commandId: randomUUID(),
      actor: 'user:bench',
      time: at,
    })
    const gateway = { request: engine.ask } as unknown as BusClient
    const [client] = server.clients
    const sealed = await sealToVault(
      gateway,
      { storeId, ownerId: connectorId, purpose: 'connector' },
      { clientId: client.clientId, clientSecret: client.clientSecret },
    )
    await engine.ask(vault.putCredentials, { storeId, connectorId, sealed })
    const begun = await engine.ask(oauth.authorize, { storeId, connectorId, user: 'user:bench', publicUrl })
    const callback = new URL(await walkConsent(begun.authorizationUrl))
    const { outcome } = await engine.ask(oauth.callback, {
      connectionKey: begun.connectionKey,
      parameters: Object.fromEntries(callback.searchParams),
      browserToken: begun.browserToken,
    })
    if (outcome !== 'connected') throw new Error(`the consent ended as ${outcome}`)
    return { connectorId, version: 1 }
  }

  /** The token endpoint by itself: a client-credentials call, which rotates nothing. */
  async function measureBare(calls: number): Promise<number[]> {
    const [client] = server.clients
    const authorization = `Basic ${Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')}`
    const times: number[] = []
    for (let n = 0; n < calls; n++) {
      const start = performance.now()
      const body = new URLSearchParams({ grant_type: 'client_credentials' })
      const answer = await fetch(`${server.url}/token`, { method: 'POST', headers: { authorization }, body })
      if (!answer.ok) throw new Error(`the token endpoint answered ${answer.status}`)
      await answer.text()
      times.push(performance.now() - start)
    }
    return times
  }
} finally {
  await engine.stop()
  await server.stop()
}
