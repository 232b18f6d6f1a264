/** A text as the JSON that it is; one that is not JSON, or was cut off, stays text. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
