/** How long steps may follow one another before everything else gets a chance, in milliseconds. */
const BUDGET = 5
/** Where runs that begin and others wait, each so many-th step is one of the others'. */
const SHARE = 8

type Step = () => void

/**
 * A cooperative scheduler: steps of runs share the event loop, at most 5 ms of work in each turn of it. Steps of runs
 * that have said nothing yet come first, seven of eight, so that of many runs that begin at once each is soon heard of.
 * Without it a run of instant answers would have its first and its last word before any other run has its first.
 * One instance for each runtime.
 */
export class Scheduler {
  readonly #first: Step[] = []
  readonly #others: Step[] = []
  #taken = 0
  /** When this turn of the event loop began to work; 0 before. */
  #began = 0

  /** Takes a step now or, once this turn of the event loop has worked for long enough, in a later one. */
  schedule(step: Step, isFirst = false): void {
    if (this.#began === 0) this.#begin()
    const now = this.#hasTime() && (isFirst || this.#first.length === 0)
    if (now) step()
    else (isFirst ? this.#first : this.#others).push(step)
  }

  /** Resolves when a run may go on; one that begins (`isFirst`) goes before others. */
  turn(isFirst = false): Promise<void> {
    return new Promise((resolve) => this.schedule(resolve, isFirst))
  }

  /** How many steps wait: those of runs that begin, and all others. */
  get waiting(): { first_steps: number; steps: number } {
    return { first_steps: this.#first.length, steps: this.#others.length }
  }

  /** Counts work that a step leaves for later in this turn of the event loop, such as storing a frame; milliseconds. */
  charge(milliseconds: number): void {
    this.#began -= this.#began === 0 ? 0 : milliseconds
  }

  #hasTime(): boolean {
    return performance.now() - this.#began < BUDGET
  }

  #begin(): void {
    this.#began = performance.now()
    setImmediate(this.#end)
  }

  #end = (): void => {
    this.#began = 0
    if (this.#first.length + this.#others.length === 0) return
    this.#begin()
    this.#drain()
  }

  // After each step all that follows from it at once is done, so that what one run says in a row is stored and sent
  // together.
  #drain = (): void => {
    const step = this.#hasTime() ? this.#next() : undefined
    if (!step) return
    step()
    queueMicrotask(this.#inAWhile)
  }

  // A tick that is wished for by a microtask comes when there are no microtasks left; one wished for by a tick does not.
  #inAWhile = (): void => process.nextTick(this.#drain)

  #next(): Step | undefined {
    const other = ++this.#taken % SHARE === 0 ? this.#others.shift() : undefined
    return other ?? this.#first.shift() ?? this.#others.shift()
  }
}
