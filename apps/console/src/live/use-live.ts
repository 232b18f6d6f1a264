import { use, useEffect, useEffectEvent, useSyncExternalStore } from 'react'
import type { LiveEvent } from './live-event.ts'
import { LiveContext } from './live-provider.tsx'
import type { LiveState } from './live-stream.ts'

/** Calls `listener` with what happens in the store from now on. */
export function useLive(listener: (event: LiveEvent) => void): void {
  const stream = use(LiveContext)
  const onEvent = useEffectEvent(listener)
  useEffect(() => stream?.listen((event) => onEvent(event)), [stream])
}

const nothing = () => () => undefined

export function useLiveState(): LiveState {
  const stream = use(LiveContext)
  return useSyncExternalStore(stream?.onState ?? nothing, () => stream?.state ?? 'connecting')
}
