import type { Audience, Line } from './audience.ts'
import type { FrameBody } from './frames.ts'
import type { Recorded, Recorder } from './recorder.ts'
import { REVISION } from './revisions.ts'
import type { RunChange } from './store/store.ts'

interface Outgoing extends Line {
  type: string
  published?: (line: Line) => void
}

interface OutboxOptions {
  run: number
  recorder: Recorder
  audience: Audience
  /** The run's state as JSON, asked for once per commit. */
  snapshot(): string
  /** The number of the last frame that is stored already. */
  seq?: number
}

/** What a run says, in order: durable frames are numbered and go out when they are stored, chunks in between. */
export class Outbox implements Recorded {
  readonly #options: OutboxOptions
  #lines: Outgoing[] = []
  #row: RunChange['row']
  #waiting: (() => void)[] = []
  #seq = 0
  /** The number of the last frame that is stored and told. */
  published = 0

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#seq = this.published = options.seq ?? 0
  }

  /** Says something durable; gives its number. */
  say(frame: FrameBody, published?: (line: Line) => void): number {
    const seq = ++this.#seq
    const text = JSON.stringify({ ...frame, run_id: this.#options.run, seq })
    this.#put({ seq, type: frame.type, text, published })
    return seq
  }

  /** Says something that is not kept, after all that was said before. */
  pass(text: string, published: () => void): void {
    this.#put({ seq: null, type: '', text, published })
  }

  /** Changes the run's row with the next commit. */
  change(row: NonNullable<RunChange['row']>): void {
    this.#row = { ...this.#row, ...row }
    this.#options.recorder.touch(this)
  }

  /** Resolves when all that was said and changed is stored. */
  settled(): Promise<void> {
    this.#options.recorder.touch(this)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  take(): ReturnType<Recorded['take']> {
    const lines = this.#lines
    const waiting = this.#waiting
    const row = this.#row
    this.#lines = []
    this.#waiting = []
    this.#row = undefined
    const frames = lines.filter((line) => line.seq !== null) as (Outgoing & { seq: number })[]
    const change = frames.length > 0 || row ? this.#change(frames, row) : null
    return { change, stored: () => this.#publish(lines, waiting) }
  }

  #put(line: Outgoing): void {
    this.#lines.push(line)
    if (this.#lines.length === 1) this.#options.recorder.touch(this)
  }

  #change(frames: RunChange['frames'], row: RunChange['row']): RunChange {
    const { run, snapshot } = this.#options
    return {
      run,
      frames: frames.map(({ seq, type, text }) => ({ seq, type, text })),
      journal: [],
      state: { revision: REVISION, seq: this.#seq, journal: 0, snapshot: snapshot() },
      row
    }
  }

  #publish(lines: readonly Outgoing[], waiting: readonly (() => void)[]): void {
    for (const line of lines) {
      if (line.seq !== null) this.published = line.seq
      line.published?.(line)
    }
    if (lines.length > 0) this.#options.audience.publish(lines)
    for (const resolve of waiting) resolve()
  }
}
