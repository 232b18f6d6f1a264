/** What the receiver is told to do with deliveries to come. Without `hang`, it answers `status` after `delayMs`. */
export interface ReceiverInstruction {
  /** Only deliveries to paths that begin so; all by default. */
  readonly path?: string
  /** How many of them; until replaced by default. */
  readonly times?: number
  /** 204 by default. */
  readonly status?: number
  /** Seconds, sent as `Retry-After`. */
  readonly retryAfter?: number
  readonly delayMs?: number
  /** Never answer. */
  readonly hang?: boolean
}

/** The instructions in force. The last one given for a path counts first. */
export class Instructions {
  #instructions: { instruction: ReceiverInstruction; left: number }[] = []

  add(instruction: ReceiverInstruction): void {
    this.#instructions = this.#instructions.filter(
      ({ instruction: { path }, left }) => left > 0 && path !== instruction.path,
    )
    this.#instructions.unshift({ instruction, left: instruction.times ?? Infinity })
  }

  clear(): void {
    this.#instructions = []
  }

  for(path: string): ReceiverInstruction {
    const found = this.#instructions.find(
      ({ instruction, left }) => left > 0 && path.startsWith(instruction.path ?? '/'),
    )
    if (!found) return {}
    found.left -= 1
    return found.instruction
  }
}
