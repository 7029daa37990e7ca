import type { TeamMessage } from '../../machines/messages/index.ts'
import type { EffectResult, JournalInput, RunCommand } from './entries.ts'

/** Somebody who waits for what came of an effect, and does it where that is not kept. */
interface Waiting {
  came(came: EffectResult): void
  live(): void
}

/** What is kept of a run. */
export interface Recording {
  entries: readonly JournalInput[]
  /** What was said, by id. */
  messages: ReadonlyMap<string, TeamMessage>
  /** When the run began, in milliseconds since 1970. */
  startedAt: number
}

/** What a run hears of its being played again. */
export interface ReplayEvents {
  command(command: RunCommand): void
  /** The result of an effect is handed out next. */
  effect?(entry: Extract<JournalInput, { kind: 'effect' }>): void
  /** Everything was played: from here on it is now. */
  done(): void
  /** What is kept does not fit the run. */
  stuck(): void
  /** Everything so far was played, and more may come: where this is there, nothing is ever done now. */
  idle?(): void
}

/** For how many turns of the event loop an entry waits for somebody who is to be handed it. */
const PATIENCE = 1000

/**
 * Plays a run again from what is kept of it: each effect is handed what came of it, in the order in which it came, and
 * time is what it was. When everything is played, what is still waited for is done.
 */
export class JournalReplayer {
  readonly #kept: Recording
  readonly #parts = new Map<string, unknown>()
  readonly #waiting = new Map<string, Waiting>()
  readonly #events: ReplayEvents
  #at = 0
  #due = false
  #late = 0
  /** When it was, in milliseconds since 1970. */
  now: number
  /** Whether everything was played. */
  done = false

  constructor(kept: Recording, events: ReplayEvents) {
    this.#kept = kept
    this.#events = events
    this.now = kept.startedAt
    for (const entry of kept.entries) if (entry.kind === 'part') this.#parts.set(entry.key, entry.answer)
  }

  /** Begins; what the run waits for at once has to be told in the same turn of the event loop. */
  begin(): void {
    this.#soon()
  }

  /** Goes on with entries that were added since. */
  more(): void {
    for (const entry of this.#kept.entries.slice(this.#at))
      if (entry.kind === 'part') this.#parts.set(entry.key, entry.answer)
    this.#soon()
  }

  /** What came of a part of an effect, if that is kept. */
  part(key: string): { answer: unknown } | undefined {
    return this.#parts.has(key) ? { answer: this.#parts.get(key) } : undefined
  }

  expect(key: string, waiting: Waiting): void {
    this.#waiting.set(key, waiting)
  }

  // Each entry is handed out in a turn of the event loop of its own, as it came: what follows from the one before
  // is over by then, and whoever is to wait for it does.
  #soon(): void {
    if (this.#due || this.done) return
    this.#due = true
    setImmediate(() => {
      this.#due = false
      this.#hand()
    })
  }

  #hand(): void {
    const entry = this.#next()
    if (!entry) return this.#events.idle ? this.#events.idle() : this.#goLive()
    this.now = entry.at
    if (entry.kind === 'command') this.#events.command(entry.command)
    else {
      const waiting = this.#waiting.get(entry.key)
      // In a busy process whoever is to be handed it may come to wait for it only now.
      if (!waiting && this.#late++ < PATIENCE) {
        this.#at--
        return this.#soon()
      }
      this.#late = 0
      // Somebody else is waited for than then: the program is another one, or the log is not this run's.
      if (!waiting) return this.#events.stuck()
      this.#waiting.delete(entry.key)
      this.#events.effect?.(entry)
      waiting.came(entry)
    }
    this.#soon()
  }

  /** The next entry that somebody has to be told. */
  #next(): Extract<JournalInput, { kind: 'effect' | 'command' }> | undefined {
    for (;;) {
      const entry = this.#kept.entries[this.#at]
      if (entry === undefined) return undefined
      this.#at++
      if (entry.kind === 'effect' || entry.kind === 'command') return entry
    }
  }

  #goLive(): void {
    this.done = true
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    this.#events.done()
    for (const { live } of waiting) live()
  }
}
