import type { TeamMessage } from '../../machines/messages/index.ts'
import type { EffectResult, JournalInput, RunCommand } from './entries.ts'

/** An effect that waits for its recorded result, or to be performed where the recording has none. */
interface ExpectedEffect {
  resolve(result: EffectResult): void
  execute(): void
}

/** What a replay plays: the journal of a run and the messages that were published. */
export interface Recording {
  entries: readonly JournalInput[]
  /** By id. */
  messages: ReadonlyMap<string, TeamMessage>
  /** Milliseconds since 1970. */
  startedAt: number
}

/** What a replay tells the run that is replayed. */
export interface ReplayEvents {
  command(command: RunCommand): void
  /** The result of an effect is given to it next. */
  effect?(entry: Extract<JournalInput, { kind: 'effect' }>): void
  /** The recording was played to its end; effects that still wait are performed next. */
  done?(): void
  /** The recording does not fit the run. */
  stuck(): void
  /** All recorded so far was played, and the recording may grow: where this is given, no effect is ever performed. */
  idle?(): void
}

/** For how many turns of the event loop an entry waits for the effect that it is the result of. */
const PATIENCE = 1000

/**
 * Replays a run: gives each effect its recorded result, in the order in which the results came, at the time at which
 * they came. After the last one, effects that still wait are performed.
 */
export class JournalReplayer {
  readonly #recording: Recording
  readonly #parts = new Map<string, unknown>()
  readonly #expected = new Map<string, ExpectedEffect>()
  readonly #events: ReplayEvents
  #position = 0
  #isScheduled = false
  #late = 0
  /** The time of the last entry that was played, in milliseconds since 1970. */
  now: number
  /** Whether the recording was played to its end. */
  done = false

  constructor(recording: Recording, events: ReplayEvents) {
    this.#recording = recording
    this.#events = events
    this.now = recording.startedAt
    this.#addParts()
  }

  /** Begins; the first effects have to be expected in the same turn of the event loop. */
  begin(): void {
    this.#schedule()
  }

  /** Goes on with entries that were added to the recording since. */
  more(): void {
    this.#addParts()
    this.#schedule()
  }

  /** The recorded result of a part of an effect, if there is one. */
  part(key: string): { answer: unknown } | undefined {
    return this.#parts.has(key) ? { answer: this.#parts.get(key) } : undefined
  }

  /** Has an effect wait for its recorded result. */
  expect(key: string, effect: ExpectedEffect): void {
    this.#expected.set(key, effect)
  }

  #addParts(): void {
    for (const entry of this.#recording.entries.slice(this.#position))
      if (entry.kind === 'part') this.#parts.set(entry.key, entry.answer)
  }

  // Each entry is played in a turn of the event loop of its own, as it came: what follows from the one before is over
  // by then, and the effect of the next one is expected.
  #schedule(): void {
    if (this.#isScheduled || this.done) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#play()
    })
  }

  #play(): void {
    const entry = this.#next()
    if (!entry) return this.#events.idle ? this.#events.idle() : this.#end()
    this.now = entry.at
    if (entry.kind === 'command') this.#events.command(entry.command)
    else {
      const effect = this.#expected.get(entry.key)
      // In a busy process the effect may come to be expected only now.
      if (!effect && this.#late++ < PATIENCE) {
        this.#position--
        return this.#schedule()
      }
      this.#late = 0
      // Another effect is expected than then: the program is another one, or the journal is not this run's.
      if (!effect) return this.#events.stuck()
      this.#expected.delete(entry.key)
      this.#events.effect?.(entry)
      effect.resolve(entry)
    }
    this.#schedule()
  }

  /** The next entry that something follows from. */
  #next(): Extract<JournalInput, { kind: 'effect' | 'command' }> | undefined {
    for (;;) {
      const entry = this.#recording.entries[this.#position]
      if (entry === undefined) return undefined
      this.#position++
      if (entry.kind === 'effect' || entry.kind === 'command') return entry
    }
  }

  #end(): void {
    this.done = true
    const waiting = [...this.#expected.values()]
    this.#expected.clear()
    this.#events.done?.()
    for (const effect of waiting) effect.execute()
  }
}
