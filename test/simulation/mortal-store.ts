import { setTimeout as sleep } from 'node:timers/promises'
import type { RunChange, RunLog, Store } from '../../src/runtime/store/store.ts'
import type { Dice } from './dice.ts'

/** What goes wrong in a store, each once in so many calls. */
const BUSY = 60
const UNREADABLE = 80
const SLOW = 4

const troubles = [
  'database is locked',
  'database or disk is full',
  'attempt to write a readonly database',
  'disk I/O error'
]

/** When a process ends: it dies at its n-th commit, right before it or right after, or is told to end then. */
export interface End {
  commit: number
  how: 'diesBefore' | 'diesAfter' | 'isTold'
}

const never = <Result>() => new Promise<Result>(() => {})

/** A store as a process sees it that dies: it fails and dawdles now and then, and from some commit on nothing comes back. */
export class MortalStore {
  readonly store: Store
  /** Resolves when the process dies or is told to end. */
  readonly end: Promise<void>
  /** The frames that are stored, as `run/seq`; of all processes. */
  readonly #stored: Set<string>
  readonly #dice: Dice
  readonly #ends: End | null
  readonly #ending = Promise.withResolvers<void>()
  readonly #dying = Promise.withResolvers<void>()
  #commits = 0
  #dead = false
  /** How often a commit was refused. */
  failures = 0

  constructor(real: Store, stored: Set<string>, dice: Dice, ends: End | null) {
    this.#stored = stored
    this.#dice = dice
    this.#ends = ends
    this.end = this.#ending.promise
    this.store = { ...real, runs: this.#wrap(real.runs) }
  }

  get isDead(): boolean {
    return this.#dead
  }

  /** Resolves when the process is dead. */
  get death(): Promise<void> {
    return this.#dying.promise
  }

  die(): void {
    this.#dead = true
    this.#dying.resolve()
    this.#ending.resolve()
  }

  #wrap(runs: RunLog): RunLog {
    return new Proxy(runs, {
      get: (target, name: keyof RunLog) => {
        // biome-ignore lint/suspicious/noExplicitAny: all members are functions that give promises
        const work = (...args: any[]) => (target[name] as any)(...args)
        return name === 'commit'
          ? (changes: readonly RunChange[]) => this.#commit(changes, () => work(changes))
          : (...args: unknown[]) => this.#read(() => work(...args))
      }
    })
  }

  async #read<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#dead) return never()
    if (this.#dice.int(1, UNREADABLE) === 1) throw new Error('disk I/O error')
    const result = await work()
    return this.#dead ? never() : result
  }

  async #commit(changes: readonly RunChange[], work: () => Promise<void>): Promise<void> {
    if (this.#dead) return never()
    if (this.#dice.int(1, BUSY) === 1) {
      this.failures++
      throw new Error(this.#dice.pick(troubles))
    }
    if (this.#dice.int(1, SLOW) === 1) await sleep(this.#dice.int(0, 3))
    const how = ++this.#commits === this.#ends?.commit ? this.#ends.how : null
    if (how === 'diesBefore') this.die()
    if (this.#dead) return never()
    await work()
    for (const { run, frames } of changes) for (const { seq } of frames) this.#stored.add(`${run}/${seq}`)
    if (how === 'diesAfter') this.die()
    if (how === 'isTold') this.#ending.resolve()
    if (this.#dead) return never()
  }
}
