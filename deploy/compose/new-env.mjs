// Prints a new environment for docker compose, with passwords and keys that nobody has seen:
//   node deploy/compose/new-env.mjs > deploy/compose/.env
import { randomBytes } from 'node:crypto'

const services = ['CONNECTOR_REGISTRY', 'CREDENTIAL_VAULT', 'HOOK_EXECUTOR', 'WEBHOOK_DISPATCHER', 'OAUTH_REFRESHER']
const natsUsers = ['STORE_PLATFORM', ...services, 'ADMIN_GATEWAY', 'PROVISIONER']
const roles = ['REGISTRY', 'VAULT', 'EXECUTOR', 'DISPATCHER', 'OAUTH']
// After a letter, because NATS would read `12k` as a number.
const password = () => `p${randomBytes(24).toString('hex')}`

process.stdout.write(`# How browsers and providers reach the gateway, and who issues its tokens: set these four.
PUBLIC_URL=http://localhost:4000
AUTH_JWKS_URL=https://login.example.com/.well-known/jwks.json
AUTH_ISSUER=https://login.example.com/
AUTH_AUDIENCE=cartly-integrations

# How people sign in to the console at AUTH_ISSUER (docs/operations.md); empty, they sign in by a link with a token.
AUTH_OIDC_CLIENT_ID=
AUTH_OIDC_CLIENT_SECRET=

# Keys that wrap every credential. Whoever has these and the database has all of them: keep them apart from its backups.
VAULT_KEYS=k1:${randomBytes(32).toString('base64')}
VAULT_PRIMARY_KEY=k1

POSTGRES_PASSWORD=${password()}
${roles.map((role) => `DATABASE_PASSWORD_${role}=${password()}`).join('\n')}

NATS_SYNC_INTERVAL=120s
${natsUsers.map((user) => `NATS_PASSWORD_${user}=${password()}`).join('\n')}
`)
