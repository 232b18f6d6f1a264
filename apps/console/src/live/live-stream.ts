import { liveKinds, type LiveEvent } from './live-event.ts'

export type LiveState = 'connecting' | 'live' | 'lost'

/** The server-sent events of a store, shared by all that listen. The browser reconnects by itself. */
export class LiveStream {
  readonly #listeners = new Set<(event: LiveEvent) => void>()
  readonly #stateListeners = new Set<() => void>()
  readonly #source: EventSource
  #state: LiveState = 'connecting'

  constructor(storeId: string) {
    this.#source = new EventSource(`/v1/stores/${encodeURIComponent(storeId)}/live`)
    this.#source.addEventListener('ready', () => this.#become('live'))
    this.#source.addEventListener('error', () => this.#become('lost'))
    for (const kind of liveKinds) {
      this.#source.addEventListener(kind, ({ data }: MessageEvent<string>) => {
        const event = { kind, data: JSON.parse(data) } as LiveEvent
        for (const listener of this.#listeners) listener(event)
      })
    }
  }

  get state(): LiveState {
    return this.#state
  }

  listen(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  readonly onState = (listener: () => void): (() => void) => {
    this.#stateListeners.add(listener)
    return () => void this.#stateListeners.delete(listener)
  }

  close(): void {
    this.#source.close()
  }

  #become(state: LiveState): void {
    if (this.#state === state) return
    this.#state = state
    for (const listener of this.#stateListeners) listener()
  }
}
