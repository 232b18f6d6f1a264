/** Fields of a log line that say nothing to the person at the terminal. */
const quiet = new Set(['time', 'level', 'service', 'message', 'trace_id', 'span_id'])

/**
 * What of a service's output deserves the terminal: warnings and errors of the structured log in short form, and whatever
 * is not a log line at all, such as the stack of a crash.
 *
 * @returns the line to show, or `undefined` when there is no need to.
 */
export function notable(service: string, line: string): string | undefined {
  const record = parse(line)
  if (record === undefined) return line.trim() === '' ? undefined : `[${service}] ${line}`
  if (record.level !== 'warn' && record.level !== 'error') return undefined
  const details = Object.entries(record)
    .filter(([name]) => !quiet.has(name))
    .map(([name, value]) => `${name}=${short(value)}`)
  return [`[${service}] ${record.level}: ${String(record.message)}`, ...details].join(' ')
}

/** Of an error its message; the stack is in the log file. */
function short(value: unknown): string {
  if (typeof value === 'string') return value
  const { message } = (value ?? {}) as { message?: unknown }
  return typeof message === 'string' ? `"${message}"` : JSON.stringify(value)
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    return undefined
  }
}
