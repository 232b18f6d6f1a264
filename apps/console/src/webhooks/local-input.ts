const MINUTE_MS = 60_000

/** A time as an `<input type="datetime-local">` takes it: local, to the minute, without a zone. */
export const localInput = (time: Date): string =>
  new Date(time.getTime() - time.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16)
