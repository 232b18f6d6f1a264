import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { compileSchema } from '@cartly/contracts'
import { Type, type Static } from 'typebox'
import { KeyringError, type KeyState, type RotatableKeyring } from '../domain/keyring.ts'
import { KEY_BYTES, LocalKeys, type LocalKey } from './local-keys.ts'

const KeyringFile = Type.Object({
  format: Type.Literal(1),
  keys: Type.Array(
    Type.Object({
      id: Type.String(),
      state: Type.Enum(['pending', 'primary', 'decrypt-only', 'destroyed']),
      createdAt: Type.String(),
      /** Base64; null once destroyed. */
      material: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
})
type KeyringFile = Static<typeof KeyringFile>

/**
 * Keys in a file of this machine, which its owner alone may read. Whoever has the file and the database has every
 * credential: they are to be backed up apart.
 */
export class FileKeyring implements RotatableKeyring {
  readonly #path: string
  #local: LocalKeys

  private constructor(path: string, file: KeyringFile) {
    this.#path = path
    this.#local = localKeys(file)
  }

  /** @throws Error when it is missing, cannot be read, or can be read by others. */
  static async open(path: string): Promise<FileKeyring> {
    return new FileKeyring(path, await readKeyring(path))
  }

  /** A new keyring with one key; when another process was faster, the one that it has made. */
  static async create(path: string): Promise<FileKeyring> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const draft = await write(path, { format: 1, keys: [newKey('primary')] })
    try {
      await link(draft, path)
      await syncFolderOf(path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      await rm(draft, { force: true })
    }
    return FileKeyring.open(path)
  }

  primary(): string {
    return this.#local.primary()
  }

  keys() {
    return this.#local.keys()
  }

  async wrap(keyId: string, dataKey: Buffer, binding: Buffer): Promise<Buffer> {
    return (await this.#knowing(keyId)).wrap(keyId, dataKey, binding)
  }

  async unwrap(keyId: string, wrapped: Buffer, binding: Buffer): Promise<Buffer> {
    return (await this.#knowing(keyId)).unwrap(keyId, wrapped, binding)
  }

  async add(): Promise<string> {
    const key = newKey('pending')
    await this.#change((keys) => [...keys, key])
    return key.id
  }

  async promote(keyId: string): Promise<void> {
    await this.#change((keys) => {
      if (this.#named(keys, keyId).state === 'destroyed') {
        throw new KeyringError('key_destroyed', keyId, `The key ${keyId} has been destroyed`)
      }
      return keys.map((key) => {
        if (key.id === keyId) return { ...key, state: 'primary' as const }
        return key.state === 'primary' ? { ...key, state: 'decrypt-only' as const } : key
      })
    })
  }

  async destroy(keyId: string): Promise<void> {
    await this.#change((keys) => {
      if (this.#named(keys, keyId).state === 'primary') throw new Error(`The key ${keyId} is primary`)
      return keys.map((key) => (key.id === keyId ? { ...key, state: 'destroyed' as const, material: null } : key))
    })
  }

  #named(keys: KeyringFile['keys'], keyId: string): KeyringFile['keys'][number] {
    const key = keys.find(({ id }) => id === keyId)
    if (!key) throw new KeyringError('key_unknown', keyId, `The keyring has no key ${keyId}`)
    return key
  }

  /** Another replica on this machine may have added a key since the file was read. */
  async #knowing(keyId: string): Promise<LocalKeys> {
    if (!this.#local.has(keyId)) await this.refresh()
    return this.#local
  }

  async refresh(): Promise<void> {
    this.#local = localKeys(await readKeyring(this.#path))
  }

  async #change(change: (keys: KeyringFile['keys']) => KeyringFile['keys']): Promise<void> {
    const before = await readKeyring(this.#path)
    const file: KeyringFile = { ...before, keys: change(before.keys) }
    const local = localKeys(file)
    await rename(await write(this.#path, file), this.#path)
    await syncFolderOf(this.#path)
    this.#local = local
  }
}

const newKey = (state: KeyState): KeyringFile['keys'][number] => ({
  id: `key_${randomBytes(6).toString('hex')}`,
  state,
  createdAt: new Date().toISOString(),
  material: randomBytes(KEY_BYTES).toString('base64'),
})

const localKeys = ({ keys }: KeyringFile): LocalKeys =>
  new LocalKeys(
    keys.map(({ id, state, material }): LocalKey => ({
      id,
      state,
      material: material === null ? null : Buffer.from(material, 'base64'),
    })),
  )

async function readKeyring(path: string): Promise<KeyringFile> {
  const { mode } = await stat(path)
  if ((mode & 0o077) !== 0) throw new Error(`The keyring ${path} can be read by others: chmod 600 it`)
  const text = await readFile(path, 'utf8')
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    // The parser's own message would quote the file.
    throw new Error(`The keyring ${path} is not JSON`)
  }
  return compileSchema(KeyringFile).parse(content, `The keyring ${path}`)
}

/** Makes a new name last: a key that has wrapped something must still be there after a power cut. */
async function syncFolderOf(path: string): Promise<void> {
  const folder = await open(dirname(path))
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Writes beside the path, through to the disk; returns where. */
async function write(path: string, file: KeyringFile): Promise<string> {
  const draft = `${path}.${randomBytes(4).toString('hex')}`
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(JSON.stringify(file, null, 2))
    await handle.sync()
  } finally {
    await handle.close()
  }
  return draft
}
