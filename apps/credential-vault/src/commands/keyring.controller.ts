import { CartlyError, vault, type RequestOf, type ResponseOf } from '@cartly/contracts'
import { Handles } from '@cartly/messaging'
import { Controller, Inject } from '@nestjs/common'
import { KeyringError } from '../domain/keyring.ts'
import { Rotation } from './rotation.ts'

type In<K extends keyof typeof vault> = RequestOf<(typeof vault)[K]>
type Out<K extends keyof typeof vault> = Promise<ResponseOf<(typeof vault)[K]>>

/** The keyring, for administrators. */
@Controller()
export class KeyringController {
  readonly #rotation: Rotation

  constructor(@Inject(Rotation) rotation: Rotation) {
    this.#rotation = rotation
  }

  @Handles(vault.describeKeyring)
  describe(): Out<'describeKeyring'> {
    return this.#rotation.describe()
  }

  @Handles(vault.addKey)
  async add(): Out<'addKey'> {
    return { keyId: await this.#rotation.add() }
  }

  @Handles(vault.promoteKey)
  promote({ keyId }: In<'promoteKey'>): Out<'promoteKey'> {
    return named(this.#rotation.promote(keyId))
  }

  @Handles(vault.rewrap)
  rewrap(): Out<'rewrap'> {
    return this.#rotation.rewrap()
  }

  @Handles(vault.destroyKey)
  destroy({ keyId }: In<'destroyKey'>): Out<'destroyKey'> {
    return named(this.#rotation.destroy(keyId))
  }
}

/** That the key named in the request is not one of the keyring's, or no longer, is the caller's mistake. */
const named = <T>(work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    if (!(error instanceof KeyringError) || error.code === 'unwrap_refused') throw error
    const { code, message } = error
    throw new CartlyError(code === 'key_unknown' ? 'not_found' : 'conflict', code, message)
  })
