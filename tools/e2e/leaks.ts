import { connect, type NatsConnection } from '@nats-io/transport-node'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Scene } from './scene.ts'

/** Looks for secrets in all that a running engine says and keeps. */
export interface LeakFinder {
  /** Everything that went over the bus since the finder began to listen. */
  readonly overheard: readonly Buffer[]
  /** What the engine has on disk: streams, tables and their write-ahead log, service logs. */
  files(): Promise<Buffer[]>
  close(): Promise<void>
}

export async function findLeaks({ engine: { run }, dataDir }: Scene): Promise<LeakFinder> {
  const taps: NatsConnection[] = []
  const overheard: Buffer[] = []
  // No user may listen to `>`; together these hear every request, reply and event.
  for (const { user, password } of Object.values(run.natsUsers)) {
    const tap = await connect({ servers: run.natsUrl, user, pass: password })
    taps.push(tap)
    for (const subject of [`svc.${user}.>`, `_INBOX.${user}.>`, 'evt.>', 'act.>', 'integrations.invoke.>', 'fleet.>']) {
      // Where it is not the user's, the server says so, and nothing comes.
      tap.subscribe(subject, {
        callback: (error, message) => void (error ?? overheard.push(Buffer.from(message.data))),
      })
    }
    await tap.flush()
  }
  return {
    overheard,
    async files() {
      const entries = await readdir(dataDir, { recursive: true, withFileTypes: true })
      const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
      return Promise.all(paths.map((path) => readFile(path).catch(() => Buffer.alloc(0))))
    },
    async close() {
      await Promise.all(taps.map((tap) => tap.close()))
    },
  }
}

/** A value plain, in JSON, in a URL, in hex, and in base64, which within another text begins at any of three places. */
export function formsOf(value: string): string[] {
  const base64 = [0, 1, 2].map((lead) =>
    Buffer.from(' '.repeat(lead) + value)
      .toString('base64')
      .slice(lead ? 4 : 0, -4),
  )
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    new URLSearchParams({ v: value }).toString().slice(2),
    Buffer.from(value).toString('hex'),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ]
}

/** Which of the values stand in which of the places, in whatever form. */
export function leaksIn(places: Readonly<Record<string, readonly Buffer[]>>, values: readonly string[]): string[] {
  return Object.entries(places).flatMap(([place, buffers]) =>
    values.flatMap((value) =>
      formsOf(value)
        .filter((form) => buffers.some((buffer) => buffer.includes(form)))
        .map((form) => `${place}: ${form}`),
    ),
  )
}
