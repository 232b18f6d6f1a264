import { useQueryClient, type QueryKey } from '@tanstack/react-query'
import { useState } from 'react'
import { PAGE_SIZE } from '../api/paged-query.ts'
import type { LiveEvent } from './live-event.ts'
import { useLive } from './use-live.ts'

/** What a list shows of what came since it was read, and how it is read anew. */
export interface Newer {
  readonly count: number
  readonly show: () => void
}

/**
 * Counts what came since a long list was read (short ones are read again by themselves).
 * @param length of the list as it is shown
 * @param concerns whether an event is of something for this list
 */
export function useNewer(
  queryKey: QueryKey,
  length: number,
  concerns: (event: LiveEvent) => boolean,
): Newer | undefined {
  const client = useQueryClient()
  const [count, setCount] = useState(0)
  useLive((event) => {
    if (length > PAGE_SIZE && concerns(event)) setCount((before) => before + 1)
  })
  if (count === 0) return undefined
  const show = () => {
    setCount(0)
    void client.resetQueries({ queryKey })
  }
  return { count, show }
}
