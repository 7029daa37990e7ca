import type { OutgoingFrame } from '../../protocol/frames.ts'
import type { FrameBody } from '../../protocol/server-frames.ts'
import type { JournalInput, JournalWriter } from '../journal/entries.ts'
import { withEffect } from '../journal/run-log.ts'
import { JOURNAL_VERSION } from '../journal/version.ts'
import type { Scheduler } from '../shared/scheduler.ts'
import type { JournalEntry, RunChange } from '../store/store.ts'
import type { Subscribers } from '../subscriptions/subscriber.ts'
import type { CommitSource, GroupCommitter, PendingCommit } from './group-committer.ts'
import type { ChunkFrame } from './partial-messages.ts'
import type { PendingInputs } from './pending-inputs.ts'

/** With so many frames and entries that wait for their commit a run begins nothing new: a slow disk slows runs down. */
const FULL = 256

/** What it takes to store and send a frame, and to send a chunk, in milliseconds; measured. */
const [TO_STORE, TO_SEND] = [0.03, 0.003]

interface PendingFrame extends OutgoingFrame {
  type: string
  onPublished?(frame: OutgoingFrame): void
}

interface OutboxOptions {
  run: number
  committer: GroupCommitter
  scheduler: Scheduler
  subscribers: Subscribers
  /** Their deadline decides when the run has to be woken although nothing happens. */
  pendingInputs?: PendingInputs
  /** The numbers of the last frame and the last journal entry that are stored already. */
  seq?: number
  journal?: number
}

/**
 * What a run has to commit, in order: frames, journal entries, changes of its row. Durable frames are numbered here and
 * published once they are committed, chunks between them; a journal entry is committed with the frames that follow from
 * it. `append…` adds, `drain` gives all of it to the group committer.
 */
export class Outbox implements CommitSource, JournalWriter {
  readonly #options: OutboxOptions
  #frames: PendingFrame[] = []
  #entries: JournalEntry[] = []
  #row: RunChange['row']
  /** Resolved after the next commit. */
  #waiting: (() => void)[] = []
  /** Resolved after the commit under way. */
  #waitingNow: (() => void)[] = []
  #seq: number
  #entry: number
  #isCommitting = false
  readonly #failed = Promise.withResolvers<unknown>()
  #hasFailed = false
  /** The deadline as it was stored last; undefined before the first commit. */
  #storedDeadline: string | null | undefined
  /** The number of the last frame that is committed and published. */
  published: number

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#seq = this.published = options.seq ?? 0
    this.#entry = options.journal ?? 0
  }

  /** Resolves with the reason when what the run has to commit can never be committed. */
  get failed(): Promise<unknown> {
    return this.#failed.promise
  }
  get hasFailed(): boolean {
    return this.#hasFailed
  }

  /** The number of the last frame that was appended, committed or not. */
  get seq(): number {
    return this.#seq
  }

  /** Whether everything is committed and published. */
  get isEmpty(): boolean {
    const { length } = this.#frames
    return !this.#isCommitting && length === 0 && this.#entries.length === 0 && this.#row === undefined
  }

  /** Whether so much waits for its commit that the run is to begin nothing new. */
  get isFull(): boolean {
    return this.#frames.length + this.#entries.length > FULL
  }

  /** Appends a durable frame; returns its number. Throws where it cannot be written as JSON. */
  appendFrame(body: FrameBody, onPublished?: (frame: OutgoingFrame) => void): number {
    const text = JSON.stringify({ ...body, run_id: this.#options.run, seq: this.#seq + 1 })
    const seq = ++this.#seq
    this.#options.scheduler.charge(TO_STORE)
    this.#add({ seq, type: body.type, text, onPublished })
    return seq
  }

  /** Publishes a chunk after all frames that were appended before; it is not committed. */
  sendTransient(chunk: ChunkFrame): void {
    this.#options.scheduler.charge(TO_SEND)
    this.#add(chunk)
  }

  /** Appends a journal entry. Throws where it cannot be written as JSON. */
  append({ kind, ...body }: JournalInput): void {
    const text = JSON.stringify(body)
    const last = this.#entries.at(-1)
    // Nearly every turn ends with what came of an effect: both take one row, which is a fifth less to write.
    if (kind === 'turn' && last?.kind === 'effect')
      this.#entries[this.#entries.length - 1] = { n: last.n, kind, body: withEffect(text, last.body) }
    else this.#entries.push({ n: ++this.#entry, kind, body: text })
    this.#schedule()
  }

  /** Changes the run's row with the next commit. */
  changeRow(row: NonNullable<RunChange['row']>): void {
    this.#row = { ...this.#row, ...row }
    this.#schedule()
  }

  /** Resolves when all frames and entries so far are committed, or never can be. */
  async flushed(): Promise<void> {
    if (this.#isCommitting || this.#entries.length > 0 || this.#frames.length > 0) await this.committed()
  }

  /** Resolves after the next commit, which there is in any case. */
  async committed(): Promise<void> {
    if (this.#hasFailed) return
    this.#schedule()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  drain(): PendingCommit {
    const [frames, waiting, entries, row] = [this.#frames, this.#waiting, this.#entries, this.#row]
    this.#frames = []
    this.#waiting = []
    this.#entries = []
    this.#row = undefined
    this.#isCommitting = true
    this.#waitingNow = waiting
    const durable = frames.filter((frame) => frame.seq !== null) as (PendingFrame & { seq: number })[]
    const change = durable.length + entries.length > 0 || row ? this.#change(durable, entries, row) : null
    const size = sizeOf(durable) + sizeOf(entries)
    return { change, size, onCommitted: () => this.#publish(frames, waiting) }
  }

  fail(error: unknown): void {
    if (this.#hasFailed) return
    this.#hasFailed = true
    this.#failed.resolve(error)
    for (const resolve of [...this.#waitingNow, ...this.#waiting.splice(0)]) resolve()
  }

  #add(frame: PendingFrame): void {
    this.#frames.push(frame)
    if (this.#frames.length === 1) this.#schedule()
  }

  #schedule(): void {
    if (!this.#hasFailed) this.#options.committer.schedule(this)
  }

  #change(
    frames: readonly (PendingFrame & { seq: number })[],
    journal: JournalEntry[],
    row: RunChange['row']
  ): RunChange {
    return {
      run: this.#options.run,
      frames: frames.map(({ seq, type, text }) => ({ seq, type, text })),
      journal,
      state: this.#state(row !== undefined),
      row
    }
  }

  /** The small state of the run, where its row or its deadline changes: the journal says all else. */
  #state(rowChanges: boolean): RunChange['state'] {
    const wake_at = this.#options.pendingInputs?.deadline ?? null
    if (!rowChanges && this.#storedDeadline === wake_at) return undefined
    this.#storedDeadline = wake_at
    return { revision: JOURNAL_VERSION, seq: this.#seq, journal: this.#entry, snapshot: 'null', wake_at }
  }

  #publish(frames: readonly PendingFrame[], waiting: readonly (() => void)[]): void {
    this.#isCommitting = false
    this.#waitingNow = []
    for (const frame of frames) {
      if (frame.seq !== null) this.published = frame.seq
      frame.onPublished?.(frame)
    }
    if (frames.length > 0) this.#options.subscribers.publish(frames)
    for (const resolve of waiting) resolve()
  }
}

/** What each row takes beside its text, in bytes. */
const ROW = 500

const sizeOf = (rows: readonly ({ text: string } | { body: string })[]): number =>
  rows.reduce((sum, row) => sum + ROW + ('text' in row ? row.text : row.body).length, 0)
