import { fork, type ChildProcess } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MappingError } from '../error.ts'
import { MAX_DATA_CHARS, MAX_EXPRESSION_CHARS, type Answer, type Question } from './protocol.ts'

export interface JsonataPoolOptions {
  /** Processes at most, each begun when it is needed; 2 unless said. */
  readonly processes?: number
  /** How long one evaluation may take before its process is killed, in milliseconds; 250 unless said. */
  readonly timeoutMs?: number
  /** Evaluations that may wait for a process; 100 unless said. */
  readonly queue?: number
}

/**
 * Evaluates JSONata (2.2.2 or later) outside this process, for mappings that the closed language cannot say. No
 * expression can stall or end this process: each runs in a child with 64 MiB of heap, without environment, files or
 * child processes of its own, and is killed at its timeout. `$eval` and regular expressions are off.
 */
export interface JsonataPool {
  /** @throws MappingError `expression_failed`, `too_much_work`, `too_large` */
  evaluate(expression: string, input: unknown): Promise<unknown>
  close(): Promise<void>
}

export function createJsonataPool({
  processes = 2,
  timeoutMs = 250,
  queue = 100,
}: JsonataPoolOptions = {}): JsonataPool {
  const idle: ChildProcess[] = []
  const waiting: ((child: ChildProcess) => void)[] = []
  const living = new Set<ChildProcess>()
  let closed = false

  const release = (child: ChildProcess): void => {
    const next = waiting.shift()
    if (next) next(child)
    else idle.push(child)
  }
  const drop = (child: ChildProcess): void => {
    child.kill('SIGKILL')
    living.delete(child)
    if (waiting.length > 0 && !closed) waiting.shift()?.(begin())
  }
  const begin = (): ChildProcess => {
    const child = startChild()
    living.add(child)
    child.once('exit', () => {
      living.delete(child)
      const at = idle.indexOf(child)
      if (at >= 0) idle.splice(at, 1)
    })
    return child
  }
  const acquire = (): Promise<ChildProcess> => {
    const free = idle.pop()
    if (free) return Promise.resolve(free)
    if (living.size < processes) return Promise.resolve(begin())
    if (waiting.length >= queue) throw failed('too_much_work', 'too many JSONata expressions are waiting')
    return new Promise((resolve) => waiting.push(resolve))
  }

  return {
    async evaluate(expression, input) {
      if (closed) throw failed('expression_failed', 'the pool is closed')
      if (expression.length > MAX_EXPRESSION_CHARS) {
        throw failed('too_large', `a JSONata expression has at most ${MAX_EXPRESSION_CHARS} characters`)
      }
      if ((JSON.stringify(input)?.length ?? 0) > MAX_DATA_CHARS) {
        throw failed('too_large', `the input of a JSONata expression has at most ${MAX_DATA_CHARS} characters`)
      }
      const child = await acquire()
      const answer = await ask(child, { expression, input }, timeoutMs)
      if (!answer || 'dead' in answer) {
        drop(child)
        const reason = answer ? 'took more memory than it may' : `took longer than ${timeoutMs} ms`
        throw failed('too_much_work', `the JSONata expression ${reason}`)
      }
      release(child)
      if ('error' in answer) throw failed('expression_failed', `the JSONata expression failed: ${answer.error}`)
      return answer.output === undefined ? undefined : (JSON.parse(answer.output) as unknown)
    },
    async close() {
      closed = true
      const ends = [...living].map((child) => new Promise((resolve) => child.once('exit', resolve)))
      for (const child of living) child.kill('SIGKILL')
      await Promise.all(ends)
    },
  }
}

const failed = (code: 'expression_failed' | 'too_much_work' | 'too_large', reason: string): MappingError =>
  new MappingError(code, '', reason)

/** The child's answer, `dead` when it died of the question, `undefined` when it did not answer in time. */
function ask(child: ChildProcess, question: Question, timeoutMs: number): Promise<Answer | { dead: true } | undefined> {
  return new Promise((resolve) => {
    const settle = (answer: Answer | { dead: true } | undefined): void => {
      clearTimeout(timer)
      child.off('message', settle)
      child.off('exit', died)
      child.unref()
      child.channel?.unref()
      resolve(answer)
    }
    const died = (): void => settle({ dead: true })
    const timer = setTimeout(settle, timeoutMs + (child.connected && started.has(child) ? 0 : STARTUP_MS), undefined)
    child.ref()
    child.channel?.ref()
    child.once('message', (answer: Answer) => {
      started.add(child)
      settle(answer)
    })
    child.once('exit', died)
    child.send(question, (error) => error && died())
  })
}

/** What a new process takes before it can answer its first question. */
const STARTUP_MS = 2_000
const started = new WeakSet<ChildProcess>()

function startChild(): ChildProcess {
  const file = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './child.ts' : './child.js', import.meta.url))
  const here = dirname(file)
  const jsonata = dirname(createRequire(import.meta.url).resolve('jsonata'))
  const readable = [join(here, '*'), join(here, '../../package.json'), join(jsonata, '*')]
  return fork(file, {
    execArgv: [
      '--permission',
      ...readable.map((path) => `--allow-fs-read=${path}`),
      '--max-old-space-size=64',
      '--no-warnings',
    ],
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'json',
  })
}
