/**
 * What a sandbox may be told to do instead of answering well:
 * - `hang` never answers; `reset` closes the connection before doing anything; `lost` does what was asked, then closes
 *   it without an answer, so that the caller cannot know
 * - `slow:<ms>` does what was asked and answers late; `drip` sends the answer a byte every 50 ms; `garbage` half of it
 * - `status:<code>` answers with that status in the service's own form; 429 and 503 with `Retry-After: 2`
 * - `refused` answers as the service does when it cannot help: no rates but a message, a purchase that failed,
 *   `invalid_grant`
 */
export type Behaviour =
  | { readonly kind: 'hang' | 'reset' | 'lost' | 'drip' | 'garbage' | 'refused' }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'status'; readonly status: number }

/** Destinations (`zip`) that call for a behaviour, because a checkout can choose no more than an address. */
const byPostalCode: Readonly<Record<string, string>> = {
  '00001': 'hang',
  '00002': 'drip',
  '00003': 'slow:2000',
  '00004': 'reset',
  '00005': 'lost',
  '00006': 'garbage',
  '00007': 'refused',
  '00401': 'status:401',
  '00429': 'status:429',
  '00500': 'status:500',
  '00503': 'status:503',
}

/** @throws Error that lists what can be asked for. */
export function parseBehaviour(text: string): Behaviour {
  const [kind, argument] = text.split(':')
  switch (kind) {
    case 'hang':
    case 'reset':
    case 'lost':
    case 'drip':
    case 'garbage':
    case 'refused':
      if (argument === undefined) return { kind }
      break
    case 'slow':
      if (/^\d{1,6}$/.test(argument ?? '')) return { kind, ms: Number(argument) }
      break
    case 'status':
      if (/^[45]\d\d$/.test(argument ?? '')) return { kind, status: Number(argument) }
      break
  }
  throw new Error(`${text} is none of hang, reset, lost, drip, garbage, refused, slow:<ms>, status:<4xx or 5xx>`)
}

/** An instruction for requests to come. */
export interface Instruction {
  readonly behaviour: string
  /** Only requests of this method; any by default. */
  readonly method?: string
  /** Only requests whose path begins so; any by default. */
  readonly path?: string
  /** How many of them; until cleared by default. */
  readonly times?: number
}

/** Decides how a request is answered: by instruction, header, query or destination, in this order. */
export class Behaviours {
  #instructions: { behaviour: Behaviour; method: string | undefined; path: string; left: number }[] = []

  add({ behaviour, method, path = '/', times = Infinity }: Instruction): void {
    this.#instructions.push({ behaviour: parseBehaviour(behaviour), method: method?.toUpperCase(), path, left: times })
  }

  clear(): void {
    this.#instructions = []
  }

  for(request: {
    method: string
    path: string
    asked?: string | undefined
    postalCode?: string | undefined
  }): Behaviour | undefined {
    const instruction = this.#instructions.find(
      ({ method, path, left }) =>
        left > 0 && (method ?? request.method) === request.method && request.path.startsWith(path),
    )
    if (instruction) {
      instruction.left -= 1
      return instruction.behaviour
    }
    const named = request.asked ?? byPostalCode[request.postalCode ?? '']
    return named === undefined ? undefined : parseBehaviour(named)
  }
}
