import { setTimeout as delay } from 'node:timers/promises'

/** Waits, or less when the signal comes. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  delay(ms, undefined, signal ? { signal } : {}).catch(() => undefined)
