import { CartlyError, vault, type RequestOf, type ResponseOf } from '@cartly/contracts'
import { Handles } from '@cartly/messaging'
import { Controller, Inject } from '@nestjs/common'
import { KeyringError, type KeyringErrorCode } from '../domain/keyring.ts'
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
    return told(this.#rotation.describe())
  }

  @Handles(vault.addKey)
  async add(): Out<'addKey'> {
    return { keyId: await this.#rotation.add() }
  }

  @Handles(vault.promoteKey)
  promote({ keyId }: In<'promoteKey'>): Out<'promoteKey'> {
    return told(this.#rotation.promote(keyId))
  }

  @Handles(vault.rewrap)
  rewrap(): Out<'rewrap'> {
    return told(this.#rotation.rewrap())
  }

  @Handles(vault.destroyKey)
  destroy({ keyId }: In<'destroyKey'>): Out<'destroyKey'> {
    return told(this.#rotation.destroy(keyId))
  }
}

/** Where a keyring's error is the caller's to know: the key that was named, or a key service that is away. */
const told = <T>(work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    if (!(error instanceof KeyringError)) throw error
    const { code, message } = error
    throw new CartlyError(kinds[code], code, message, { cause: error })
  })

const kinds = {
  key_unknown: 'not_found',
  key_destroyed: 'conflict',
  unwrap_refused: 'internal',
  key_service_unavailable: 'unavailable',
} as const satisfies Record<KeyringErrorCode, CartlyError['kind']>
