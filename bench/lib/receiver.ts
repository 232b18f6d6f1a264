import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

/** What a receiver has seen since it was last cleared. */
export interface Journal {
  readonly requests: number
  /** Different messages, by path and `webhook-id`. */
  readonly messages: number
  /** Requests that were answered. */
  readonly healthy: number
  /** Milliseconds from sending to receipt of what was answered, for bodies that hold `"sentAt":<ms>`. */
  readonly latencies: readonly number[]
  /** CPU seconds of the receiver since it began. */
  readonly cpuSeconds: number
}

/** A receiver in a process of its own, with its own journal. */
export interface BenchReceiver {
  readonly url: string
  readonly pid: number
  journal(): Promise<Journal>
  /** How many different messages so far; cheap enough to be asked again and again. */
  messages(): Promise<number>
  clear(): Promise<void>
  /** Paths that begin with this are never answered. */
  readonly hangPrefix: string
  stop(): void
}

const HANG = '/hang'

export async function startBenchReceiver(): Promise<BenchReceiver> {
  const child: ChildProcess = fork(import.meta.filename, ['serve'], { stdio: 'inherit' })
  const [port] = (await once(child, 'message')) as [number]
  const ask = async <Answer>(message: string): Promise<Answer> => {
    child.send(message)
    return ((await once(child, 'message')) as [Answer])[0]
  }
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid as number,
    hangPrefix: HANG,
    journal: () => ask('journal'),
    messages: () => ask('messages'),
    clear: async () => void (await ask('clear')),
    stop: () => void child.kill(),
  }
}

/**
 * Speaks as much HTTP/1.1 as a keep-alive client with `content-length` bodies needs, so that what is measured is the
 * sender. Requests may arrive in pieces or several at once.
 */
function serve(): void {
  let seen = new Set<string>()
  let requests = 0
  let latencies: number[] = []
  let healthy = 0
  const answer = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-type: text/plain\r\n\r\nok')
  const blank = Buffer.from('\r\n\r\n')
  const sentAt = Buffer.from('"sentAt":')

  const take = (socket: Socket, head: string, body: Buffer): void => {
    requests++
    const path = head.slice(5, head.indexOf(' ', 5))
    seen.add(`${path} ${headerOf(head, 'webhook-id')}`)
    if (path.startsWith(HANG)) return
    healthy++
    const mark = body.indexOf(sentAt)
    if (mark >= 0) {
      const text = body.toString('latin1', mark + sentAt.length, mark + sentAt.length + 20)
      latencies.push(performance.timeOrigin + performance.now() - Number.parseFloat(text))
    }
    socket.write(answer)
  }

  const server = createServer((socket) => {
    socket.setNoDelay(true)
    let rest: Buffer = Buffer.alloc(0)
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk: Buffer) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      for (;;) {
        const end = rest.indexOf(blank)
        if (end < 0) return
        const head = rest.toString('latin1', 0, end)
        const length = Number(headerOf(head, 'content-length'))
        const whole = end + blank.length + length
        if (rest.length < whole) return
        take(socket, head, rest.subarray(end + blank.length, whole))
        rest = rest.subarray(whole)
      }
    })
  })
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as { port: number }).port))
  process.on('message', (message) => {
    if (message === 'messages') return void process.send?.(seen.size)
    const { user, system } = process.cpuUsage()
    process.send?.({ requests, messages: seen.size, healthy, latencies, cpuSeconds: (user + system) / 1e6 })
    if (message !== 'clear') return
    seen = new Set()
    requests = 0
    latencies = []
    healthy = 0
  })
  process.on('disconnect', () => process.exit(0))
}

function headerOf(head: string, name: string): string {
  const at = head.indexOf(`\r\n${name}: `)
  if (at < 0) return ''
  const from = at + name.length + 4
  const end = head.indexOf('\r\n', from)
  return head.slice(from, end < 0 ? undefined : end)
}

if (process.argv[2] === 'serve') serve()
