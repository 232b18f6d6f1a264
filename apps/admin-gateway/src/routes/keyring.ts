import { KeyringDescription, vault } from '@cartly/contracts'
import { Type } from 'typebox'
import { route, type Route } from '../api/route.ts'

const tag = 'Keyring'
const path = '/v1/keyring'
const ofKey = { keyId: Type.String({ minLength: 1, maxLength: 200, description: 'As `GET /v1/keyring` names it' }) }

/** What every row has in common: the keyring wraps every store's data keys. */
const forAdministrators = { tag, scopes: ['admin'], everyStore: true } as const

/** Rotating the key that every data key is wrapped under: add, promote, rewrap, destroy. */
export const keyringRoutes: readonly Route[] = [
  route({
    ...forAdministrators,
    id: 'getKeyring',
    method: 'GET',
    path,
    summary: 'Read the keys that wrap data keys, and how far a rotation is',
    description: 'Never a key itself. `inUse` counts the data keys that a key wraps; at 0 it can be destroyed.',
    params: {},
    response: KeyringDescription,
    handle: ({ ask }) => ask(vault.describeKeyring, {}),
  }),
  route({
    ...forAdministrators,
    id: 'addKey',
    method: 'POST',
    path: `${path}/keys`,
    summary: 'Make a new key',
    description: 'It wraps nothing until it is promoted. A keyring that is kept elsewhere is changed there: 409.',
    params: {},
    response: vault.addKey.response,
    status: 201,
    tells: { keyId: '/keyId' },
    handle: ({ ask }) => ask(vault.addKey, {}),
  }),
  route({
    ...forAdministrators,
    id: 'promoteKey',
    method: 'POST',
    path: `${path}/keys/{keyId}/promote`,
    summary: 'Let a key wrap what is stored from now on',
    description: 'The one before still opens what it has wrapped.',
    params: ofKey,
    response: KeyringDescription,
    handle: ({ params, ask }) => ask(vault.promoteKey, params),
  }),
  route({
    ...forAdministrators,
    id: 'rewrapKeys',
    method: 'POST',
    path: `${path}/rewrap`,
    summary: 'Wrap every data key under the primary key',
    description: 'It goes on in the background; `GET /v1/keyring` says how many remain.',
    params: {},
    response: KeyringDescription,
    handle: ({ ask }) => ask(vault.rewrap, {}),
  }),
  route({
    ...forAdministrators,
    id: 'destroyKey',
    method: 'DELETE',
    path: `${path}/keys/{keyId}`,
    summary: 'Destroy a key that wraps nothing any more',
    description: 'While it wraps anything, and while it is the primary one: 409.',
    params: ofKey,
    response: KeyringDescription,
    handle: ({ params, ask }) => ask(vault.destroyKey, params),
  }),
]
