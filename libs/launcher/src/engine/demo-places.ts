import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pickPort } from '../process/pick-port.ts'
import { writePrivate } from './secrets.ts'

export interface DemoInfo {
  storeId: string
  receiverUrl: string
  carrierUrl: string
  authorizationServerUrl: string
}

const parts = ['receiver', 'carrier', 'authorizationServer'] as const
type DemoPorts = Record<(typeof parts)[number], number>

/**
 * Where the parts of the demo are: at each start where they were before, because connectors and webhooks of the demo
 * name their addresses.
 */
export async function demoPlaces(
  folder: string,
  notify: (line: string) => void,
  stops: AsyncDisposableStack,
): Promise<DemoInfo> {
  const file = join(folder, 'ports.json')
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DemoPorts) : undefined
  const picked = await Promise.all(
    parts.map(async (part) => {
      const { port, release } = await pickPort(`the demo's ${part}`, before?.[part], notify)
      stops.defer(release)
      return [part, port] as const
    }),
  )
  const ports = Object.fromEntries(picked) as DemoPorts
  writePrivate(file, ports)
  return {
    storeId: 'store_demo',
    receiverUrl: `http://127.0.0.1:${ports.receiver}`,
    carrierUrl: `http://127.0.0.1:${ports.carrier}`,
    authorizationServerUrl: `http://127.0.0.1:${ports.authorizationServer}`,
  }
}
