import type { FrameBody } from '../../protocol/frames.ts'
import type { JournalInput, JournalWriter } from '../journal/entries.ts'
import { withEffect } from '../journal/run-log.ts'
import { JOURNAL_VERSION } from '../journal/version.ts'
import { owe } from '../shared/scheduler.ts'
import type { JournalEntry, RunChange } from '../store/store.ts'
import type { OutgoingFrame, Subscribers } from '../subscriptions/subscriber.ts'
import type { CommitSource, GroupCommitter } from './group-committer.ts'
import type { Chunk } from './partial-messages.ts'

/** How old the stored state of a run that goes on may be, in milliseconds. */
const STATE_EVERY = 1000

/** With so many frames and entries that wait to be stored a run begins nothing new: a slow disk slows runs down. */
const FULL = 256

/** What it takes to store and send a frame, and to send a chunk, in milliseconds; measured. */
const [TO_STORE, TO_SEND] = [0.03, 0.003]

interface Outgoing extends OutgoingFrame {
  type: string
  published?(line: OutgoingFrame): void
}

interface OutboxOptions {
  run: number
  recorder: GroupCommitter
  audience: Subscribers
  /** The run's state as JSON, asked for once per commit. */
  snapshot(): string
  /** What the run has to say can never be stored; from then on nothing is said and nobody waits. */
  lost(error: unknown): void
  /** When the run has to be looked at although nothing happens, in ISO 8601. */
  wakeAt?(): string | null
  /** The numbers of the last frame and the last journal entry that are stored already. */
  seq?: number
  journal?: number
}

/**
 * What a run says and what came into it, in order: durable frames are numbered and go out when they are stored, chunks
 * in between; the journal is stored with what follows from it.
 */
export class Outbox implements CommitSource, JournalWriter {
  readonly #options: OutboxOptions
  #lines: Outgoing[] = []
  #entries: JournalEntry[] = []
  #row: RunChange['row']
  #waiting: (() => void)[] = []
  /** Those who wait for what is being stored. */
  #attending: (() => void)[] = []
  #seq: number
  #n: number
  #storing = false
  #lost = false
  /** The state as it was stored last: when, in milliseconds, and the run's next deadline then. */
  #kept: { at: number; wakeAt: string | null } | null = null
  /** The number of the last frame that is stored and told. */
  published: number

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#seq = this.published = options.seq ?? 0
    this.#n = options.journal ?? 0
  }

  /** The number of the last frame that was said, stored or not. */
  get seq(): number {
    return this.#seq
  }

  /** Whether all that was said and kept is stored and told. */
  get isEmpty(): boolean {
    return !this.#storing && this.#lines.length === 0 && this.#entries.length === 0 && this.#row === undefined
  }

  /** Says something durable; gives its number. */
  appendFrame(frame: FrameBody, published?: (line: OutgoingFrame) => void): number {
    const text = JSON.stringify({ ...frame, run_id: this.#options.run, seq: this.#seq + 1 })
    const seq = ++this.#seq
    owe(TO_STORE)
    this.#put({ seq, type: frame.type, text, published })
    return seq
  }

  /** Says a piece of an answer, which is not kept, after all that was said before. */
  sendTransient(piece: Chunk): void {
    owe(TO_SEND)
    this.#put(piece)
  }

  append({ kind, ...body }: JournalInput): void {
    const text = JSON.stringify(body)
    const last = this.#entries.at(-1)
    // Nearly every turn ends with what came of an effect: both take one row, which is a fifth less to write.
    if (kind === 'turn' && last?.kind === 'effect')
      this.#entries[this.#entries.length - 1] = { n: last.n, kind, body: withEffect(text, last.body) }
    else this.#entries.push({ n: ++this.#n, kind, body: text })
    this.#touch()
  }

  get isFull(): boolean {
    return this.#lines.length + this.#entries.length > FULL
  }

  async flushed(): Promise<void> {
    if (this.#storing || this.#entries.length > 0 || this.#lines.length > 0) await this.committed()
  }

  /** Changes the run's row with the next commit. */
  changeRow(row: NonNullable<RunChange['row']>): void {
    this.#row = { ...this.#row, ...row }
    this.#touch()
  }

  /** Resolves when all that was said, kept and changed is stored. */
  async committed(): Promise<void> {
    if (this.#lost) return
    this.#touch()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  drain(): ReturnType<CommitSource['drain']> {
    const [lines, waiting, entries, row] = [this.#lines, this.#waiting, this.#entries, this.#row]
    this.#lines = []
    this.#waiting = []
    this.#entries = []
    this.#row = undefined
    this.#storing = true
    this.#attending = waiting
    const frames = lines.filter((line) => line.seq !== null) as (Outgoing & { seq: number })[]
    const change = frames.length + entries.length > 0 || row ? this.#change(frames, entries, row) : null
    const size = sizeOf(frames) + sizeOf(entries)
    return { change, size, stored: () => this.#publish(lines, waiting) }
  }

  fail(error: unknown): void {
    if (this.#lost) return
    this.#lost = true
    this.#options.lost(error)
    for (const resolve of [...this.#attending, ...this.#waiting.splice(0)]) resolve()
  }

  #put(line: Outgoing): void {
    this.#lines.push(line)
    if (this.#lines.length === 1) this.#touch()
  }

  #touch(): void {
    if (!this.#lost) this.#options.recorder.schedule(this)
  }

  #change(frames: RunChange['frames'], journal: JournalEntry[], row: RunChange['row']): RunChange {
    return {
      run: this.#options.run,
      frames: frames.map(({ seq, type, text }) => ({ seq, type, text })),
      journal,
      state: this.#state(row !== undefined),
      row
    }
  }

  /**
   * The run's state, where it comes to rest or its deadline changes, and now and then in between: the log alone says
   * how the run goes on, and to write down the state of every actor takes as long as all the rest of a commit.
   */
  #state(rests: boolean): RunChange['state'] {
    const { snapshot, wakeAt } = this.#options
    const wake_at = wakeAt?.() ?? null
    const now = performance.now()
    const kept = this.#kept
    if (kept && !rests && kept.wakeAt === wake_at && now - kept.at < STATE_EVERY) return undefined
    this.#kept = { at: now, wakeAt: wake_at }
    return { revision: JOURNAL_VERSION, seq: this.#seq, journal: this.#n, snapshot: snapshot(), wake_at }
  }

  #publish(lines: readonly Outgoing[], waiting: readonly (() => void)[]): void {
    this.#storing = false
    this.#attending = []
    for (const line of lines) {
      if (line.seq !== null) this.published = line.seq
      line.published?.(line)
    }
    if (lines.length > 0) this.#options.audience.publish(lines)
    for (const resolve of waiting) resolve()
  }
}

/** What each row takes beside its text, in bytes. */
const ROW = 500

const sizeOf = (rows: readonly ({ text: string } | { body: string })[]): number =>
  rows.reduce((sum, row) => sum + ROW + ('text' in row ? row.text : row.body).length, 0)
