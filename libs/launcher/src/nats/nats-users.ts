import { randomBytes } from 'node:crypto'
import { LaunchError } from '../process/launch-error.ts'

/** The users of `deploy/nats/nats.conf`; what each may do is written there. */
export const natsUsers = [
  'store-platform',
  'connector-registry',
  'credential-vault',
  'hook-executor',
  'webhook-dispatcher',
  'oauth-refresher',
  'admin-gateway',
  'provisioner',
] as const

export type NatsUser = (typeof natsUsers)[number]

export type NatsPasswords = Record<NatsUser, string>

/** What a client connects with. No user can read another's inbox, so the client's replies must go to its own. */
export interface NatsCredentials {
  user: NatsUser
  pass: string
  inboxPrefix: `_INBOX.${NatsUser}`
}

export function natsCredentials(user: NatsUser, passwords: NatsPasswords): NatsCredentials {
  return { user, pass: passwords[user], inboxPrefix: `_INBOX.${user}` }
}

/** The environment variable from which the configuration takes a user's password, such as `NATS_PASSWORD_HOOK_EXECUTOR`. */
export function natsPasswordVariable(user: NatsUser): string {
  return `NATS_PASSWORD_${user.toUpperCase().replaceAll('-', '_')}`
}

/** A new password for each user: 192 random bits, after a letter, because the configuration would read `12k` as a number. */
export function newNatsPasswords(): NatsPasswords {
  return Object.fromEntries(natsUsers.map((user) => [user, `p${randomBytes(24).toString('hex')}`])) as NatsPasswords
}

/**
 * The passwords of a server that runs already, from the variables that its configuration reads.
 *
 * @throws LaunchError that names those that are missing.
 */
export function givenNatsPasswords(environment: NodeJS.ProcessEnv): NatsPasswords {
  const missing = natsUsers.map(natsPasswordVariable).filter((name) => !environment[name])
  if (missing.length > 0) {
    throw new LaunchError(`The passwords of the NATS server's users are not given.`, `Set ${missing.join(', ')}.`)
  }
  return Object.fromEntries(natsUsers.map((user) => [user, environment[natsPasswordVariable(user)]])) as NatsPasswords
}
