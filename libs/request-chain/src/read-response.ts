import type { HttpResponse } from './http-port.ts'

/** A response as rules read it. */
export interface ReadResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Parsed JSON, or text; absent when there was none. */
  readonly body: unknown
}

/** Parses a body: JSON when it says so or looks so, and text otherwise. */
export function readResponse({ status, headers, body }: HttpResponse): { response: ReadResponse; text: string } {
  const text = body.toString('utf8')
  return { response: { status, headers, body: parse(text, headers['content-type'] ?? '') }, text }
}

function parse(text: string, contentType: string): unknown {
  if (text.trim() === '') return undefined
  if (!contentType.includes('json') && !/^\s*[[{]/.test(text)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
