import type { RunCommand } from '../journal/entries.ts'

interface OrdersOptions {
  /** Whether the run can do that now, as far as it has come. */
  isReady(command: RunCommand): boolean
  /** Keeps a command and does it, unless the run is over. */
  carryOut(command: RunCommand): void
}

/** What a run is told from outside; it waits until the run has its team and, where it is played again, stands where it stood. */
export class Orders {
  readonly #options: OrdersOptions
  readonly #waiting: RunCommand[] = []
  readonly #done = Promise.withResolvers<void>()

  constructor(options: OrdersOptions) {
    this.#options = options
  }

  give(command: RunCommand): void {
    if (this.#options.isReady(command)) this.#options.carryOut(command)
    else this.#waiting.push(command)
  }

  /** Looks whether what waits can be done now. */
  look(): void {
    if (this.#waiting.length === 0 || !this.#options.isReady(this.#waiting[0]!)) return
    for (const command of this.#waiting.splice(0)) this.#options.carryOut(command)
    this.#done.resolve()
  }

  /** The run is over, or the process is going. */
  end(): void {
    this.#waiting.splice(0)
    this.#done.resolve()
  }

  /** Resolves when nothing waits any more. */
  async carriedOut(): Promise<void> {
    if (this.#waiting.length > 0) await this.#done.promise
  }
}
