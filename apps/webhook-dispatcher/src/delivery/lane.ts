import { Queue } from './queue.ts'

/** Work that is started when there is a slot for it, and gives the slot back by `lane.release()`. */
export interface Task {
  start(): void
}

/**
 * Slots in a tree: the process, its stores, their endpoints. A task runs when its endpoint, its store and the process all
 * have a slot free, so no limit is ever exceeded; whoever is below a full lane takes turns, so none is starved by
 * another's queue. Starting and ending a task costs the depth of the tree.
 */
export class Lane<T extends Task = Task> {
  readonly #parent: Lane<T> | undefined
  readonly #limit: () => number
  readonly #tasks = new Queue<T>()
  /** Lanes below that have work and a slot for it, in turn. */
  readonly #ready = new Queue<Lane<T>>()
  #listed = false
  #running = 0

  constructor(limit: () => number, parent?: Lane<T>) {
    this.#limit = limit
    this.#parent = parent
  }

  get running(): number {
    return this.#running
  }

  /** Tasks of this lane that have not begun. */
  get waiting(): number {
    return this.#tasks.length
  }

  add(task: T): void {
    this.#tasks.push(task)
    this.wake()
  }

  /** Takes back the tasks that have not begun. */
  withdraw(): T[] {
    return this.#tasks.clear()
  }

  /** A task of this lane has ended. */
  release(): void {
    this.#giveBack()
    this.wake()
  }

  /** Starts what can be started; to be called when this lane's limit has grown. */
  wake(): void {
    const root = this.#announce()
    for (let task = root.#take(); task; task = root.#take()) task.start()
  }

  #giveBack(): void {
    this.#running--
    if (this.#parent) this.#parent.#giveBack()
  }

  /** Puts itself, and every lane above, in line where it can have a turn. @returns the root. */
  #announce(): Lane<T> {
    if (!this.#parent) return this
    if (!this.#listed && this.#hasWork && this.#hasSlot) {
      this.#listed = true
      this.#parent.#ready.push(this)
    }
    return this.#parent.#announce()
  }

  get #hasSlot(): boolean {
    return this.#running < this.#limit()
  }

  get #hasWork(): boolean {
    return this.#tasks.length > 0 || this.#ready.length > 0
  }

  /** The next task that every lane on its way has a slot for; its slots are taken. */
  #take(): T | undefined {
    if (!this.#hasSlot) return undefined
    const task = this.#tasks.shift() ?? this.#takeBelow()
    if (task) this.#running++
    return task
  }

  #takeBelow(): T | undefined {
    for (let child = this.#ready.shift(); child; child = this.#ready.shift()) {
      child.#listed = false
      const task = child.#take()
      if (child.#hasWork && child.#hasSlot) {
        child.#listed = true
        this.#ready.push(child)
      }
      if (task) return task
    }
    return undefined
  }
}
