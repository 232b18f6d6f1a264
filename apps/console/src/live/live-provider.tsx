import { useQueryClient } from '@tanstack/react-query'
import { createContext, useEffect, useState, type ReactNode } from 'react'
import { storeKey } from '../api/store-key.ts'
import type { LiveEvent } from './live-event.ts'
import { LiveStream } from './live-stream.ts'

export const LiveContext = createContext<LiveStream | null>(null)

/** Lists and figures are read again at most this often, however much happens. */
const REFRESH_MS = 2_000

/** Keeps what is shown of a store as it is now: what happens there marks the queries it concerns as old. */
export function LiveProvider({ storeId, children }: { storeId: string; children: ReactNode }) {
  const client = useQueryClient()
  const [stream, setStream] = useState<LiveStream | null>(null)
  useEffect(() => {
    const opened = new LiveStream(storeId)
    setStream(opened)
    const stale = new Set<string>()
    let timer: ReturnType<typeof setTimeout> | undefined
    const refresh = () => {
      timer = undefined
      const areas = new Set(stale)
      stale.clear()
      void client.invalidateQueries({
        queryKey: storeKey(storeId),
        predicate: ({ queryKey, state }) => areas.has(String(queryKey[2])) && !isLong(state.data),
      })
    }
    const leave = opened.listen((event) => {
      for (const area of areasOf(event)) stale.add(area)
      timer ??= setTimeout(refresh, REFRESH_MS)
    })
    return () => {
      clearTimeout(timer)
      leave()
      opened.close()
    }
  }, [storeId, client])
  return <LiveContext value={stream}>{children}</LiveContext>
}

/**
 * A list that is read part by part, of which several parts are there. To read all of them again for each thing that
 * happens costs too much, and moves what is being looked at: such a list says that there is newer (`useNewer`).
 */
const isLong = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && 'pages' in data && (data.pages as unknown[]).length > 1

/** The third part of the keys of the queries that an event makes old. */
function areasOf({ kind }: LiveEvent): readonly string[] {
  switch (kind) {
    case 'execution':
      return ['executions', 'connector-stats', 'connector-list']
    case 'delivery':
      return ['deliveries', 'webhook-stats', 'webhook-list']
    case 'connector':
    case 'oauth':
      return ['connectors', 'connector-list', 'connector-history', 'oauth', 'credentials']
    case 'webhook':
    case 'webhook.disabled':
      return ['webhooks', 'webhook-list']
    case 'rejected_event':
      return ['rejected-events']
    case 'missed':
      return [
        'executions',
        'connector-stats',
        'deliveries',
        'webhook-stats',
        'connectors',
        'connector-list',
        'webhooks',
        'webhook-list',
        'rejected-events',
      ]
  }
}
