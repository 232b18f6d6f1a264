/** What a token may allow, as its `scope` claim names it. `admin` allows everything. */
export const scopes = [
  'integrations:read',
  'integrations:write',
  'credentials:write',
  'webhooks:read',
  'webhooks:write',
  'executions:read',
  'executions:replay',
  'admin',
] as const
export type Scope = (typeof scopes)[number]

export const isScope = (text: string): text is Scope => (scopes as readonly string[]).includes(text)
