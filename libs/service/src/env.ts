import { compileSchema } from '@cartly/contracts'
import { Type, type Static, type TObject, type TProperties } from 'typebox'

/** What every service reads from its environment. */
export const ServiceEnv = Type.Object({
  NATS_URL: Type.String({ minLength: 1, description: 'nats://host:port, several separated by commas' }),
  NATS_USER: Type.String({ minLength: 1 }),
  NATS_PASSWORD: Type.String({ minLength: 1 }),
  HEALTH_PORT: Type.String({ pattern: '^\\d{1,5}$', description: 'Port of /healthz and /readyz' }),
  HEALTH_HOST: Type.Optional(Type.String({ description: '127.0.0.1 when absent' })),
})
export type ServiceEnv = Static<typeof ServiceEnv>

/**
 * The environment, checked.
 * @throws Error that names each variable that is missing or wrong.
 */
export function readEnv<P extends TProperties>(schema: TObject<P>): Static<TObject<P>> {
  const wrong = compileSchema(schema).errors(process.env)
  if (wrong.length > 0) {
    const list = wrong.map(({ pointer, message }) => `${pointer.slice(1)} ${message}`).join(', ')
    throw new Error(`The environment is not complete: ${list}`)
  }
  return process.env as Static<TObject<P>>
}
