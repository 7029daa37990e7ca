/**
 * Something that several callers share, made when it is first wanted. One who leaves does not take it from the others:
 * only when no caller waits any more is its making given up.
 */
export class Shared<Thing> {
  readonly #make: (signal: AbortSignal) => Promise<Thing>
  readonly #end: (thing: Thing) => Promise<void>
  #made: { thing: Promise<Thing>; waiting: number; settled: boolean; leave: AbortController } | null = null

  constructor(make: (signal: AbortSignal) => Promise<Thing>, end: (thing: Thing) => Promise<void>) {
    this.#make = make
    this.#end = end
  }

  /** Gives the thing; rejects with the signal's reason as soon as it is aborted. */
  async get(signal: AbortSignal): Promise<Thing> {
    signal.throwIfAborted()
    const made = this.#made ?? this.#begin()
    made.waiting++
    let abort = () => {}
    const left = new Promise<never>((_, reject) => {
      abort = () => reject(signal.reason)
      signal.addEventListener('abort', abort, { once: true })
    })
    try {
      return await Promise.race([made.thing, left])
    } finally {
      signal.removeEventListener('abort', abort)
      made.waiting--
      if (made.waiting === 0 && !made.settled) {
        if (this.#made === made) this.#made = null
        made.leave.abort(new Error('No caller waits for it any more.'))
      }
    }
  }

  /** Ends a thing, and has the next caller get another. */
  async forget(thing: Thing): Promise<void> {
    const made = this.#made
    if (made?.settled && (await made.thing) === thing && this.#made === made) this.#made = null
    await this.#end(thing)
  }

  /** Ends the thing there is, or gives up its making. */
  async close(): Promise<void> {
    const made = this.#made
    this.#made = null
    if (!made) return
    if (!made.settled) made.leave.abort(new Error('It was stopped.'))
    await made.thing.then(this.#end).catch(() => {})
  }

  #begin() {
    const leave = new AbortController()
    const thing = this.#make(leave.signal)
    const made = { thing, waiting: 0, settled: false, leave }
    this.#made = made
    thing.then(
      () => {
        made.settled = true
      },
      () => {
        made.settled = true
        if (this.#made === made) this.#made = null
      }
    )
    return made
  }
}
