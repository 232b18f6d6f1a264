import { Queue } from './queue.ts'

/** Work that is started when there is a slot for it, and gives the slot back by `lane.release()`. */
export interface Task {
  start(): void
  /** Lets go of it before it has begun: its endpoint has no slot before `dueAt`, in milliseconds since the epoch. */
  spill(dueAt: number): void
}

/**
 * Slots in a tree: the process, its stores, their endpoints. A task runs when its endpoint, its store and the process all
 * have a slot free, so no limit is ever exceeded; whoever is below a full lane takes turns, so none is starved by
 * another's queue. Starting and ending a task costs the depth of the tree.
 */
export class Lane {
  readonly #parent: Lane | undefined
  readonly #limit: () => number
  readonly #tasks = new Queue<Task>()
  /** Lanes below that have work and a slot for it, in turn. */
  readonly #ready = new Queue<Lane>()
  #listed = false
  #running = 0

  constructor(limit: () => number, parent?: Lane) {
    this.#limit = limit
    this.#parent = parent
  }

  get running(): number {
    return this.#running
  }

  /** How many may run now, as far as this lane is concerned. */
  get limit(): number {
    return this.#limit()
  }

  /** Tasks of this lane that have not begun. */
  get waiting(): number {
    return this.#tasks.length
  }

  add(task: Task): void {
    this.#tasks.push(task)
    this.wake()
  }

  /** How many more tasks would begin at once, as far as this lane is concerned. */
  get room(): number {
    return this.#limit() - this.#running - this.#tasks.length
  }

  /** Lets go of the tasks that have not begun. */
  spill(dueAt: number): void {
    for (const task of this.#tasks.clear()) task.spill(dueAt)
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
  #announce(): Lane {
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
  #take(): Task | undefined {
    if (!this.#hasSlot) return undefined
    const task = this.#tasks.shift() ?? this.#takeBelow()
    if (task) this.#running++
    return task
  }

  #takeBelow(): Task | undefined {
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
