import { TroupeError } from '../../protocol/errors.ts'
import type { OutgoingFrame } from '../../protocol/frames.ts'
import type { FrameBody } from '../../protocol/server-frames.ts'
import type { JournalInput, JournalWriter } from '../journal/entries.ts'
import { withEffect } from '../journal/run-log.ts'
import { JOURNAL_VERSION } from '../journal/version.ts'
import { limits, sizeText } from '../shared/limits.ts'
import type { Metrics } from '../shared/metrics/metrics.ts'
import type { Scheduler } from '../shared/scheduler.ts'
import type { JournalEntry, RunChange } from '../store/store.ts'
import type { Subscribers } from '../subscriptions/subscriber.ts'
import type { CommitSource, GroupCommitter, PendingCommit } from './group-committer.ts'
import type { ChunkFrame } from './partial-messages.ts'
import type { PendingInputs } from './pending-inputs.ts'

/**
 * With so many frames and entries, or so many characters of them, that wait for their commit a run begins nothing new: a
 * slow disk slows runs down.
 */
const [FULL, FULL_SIZE] = [256, 8 * 2 ** 20]
/** The journal holds what came in, its parts and its whole: so many times what the frames may be. */
const JOURNAL = 3
/** There is room for entries of so many characters, however many there are. */
const SMALL = 2 ** 16
/** Chunks of more characters do not wait: clients get the whole message when the store can be written again. */
const MOST_CHUNKS = 32 * 2 ** 20

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
  metrics: Metrics
  /** Their deadline decides when the run has to be woken although nothing happens. */
  pendingInputs?: PendingInputs
  /** The numbers of the last frame and the last journal entry that are stored already. */
  seq?: number
  journal?: number
  /** Characters of the frames and of the journal entries that are stored already. */
  size?: number
  journalSize?: number
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
  /** Characters of all frames, and of all journal entries. */
  #size: number
  #journalSize: number
  readonly #progressed = Promise.withResolvers<void>()
  /** Characters of what is to be committed, and of chunks that wait behind it. */
  #pendingSize = 0
  #chunkSize = 0
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
    this.#size = options.size ?? 0
    this.#journalSize = options.journalSize ?? 0
  }

  /** Resolves with the reason when what the run has to commit can never be committed. */
  get failed(): Promise<unknown> {
    return this.#failed.promise
  }
  /** Resolves when a frame or a journal entry was committed. */
  get progressed(): Promise<void> {
    return this.#progressed.promise
  }
  get hasFailed(): boolean {
    return this.#hasFailed
  }

  get metrics(): Metrics {
    return this.#options.metrics
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
    return this.#frames.length + this.#entries.length > FULL || this.#pendingSize > FULL_SIZE
  }

  /**
   * Appends a durable frame; returns its number. Throws where it cannot be written as JSON, and `transcript_too_large`
   * where the frames of the run would be larger than what is kept of one.
   */
  appendFrame(body: FrameBody, onPublished?: (frame: OutgoingFrame) => void): number {
    const text = this.#textOf(body)
    if (this.#size + text.length > limits.transcript) throw tooLarge()
    this.#size += text.length
    return this.#appendText(body.type, text, onPublished)
  }

  /** Appends the frames with which a run ends, all or none: there is room for them. Throws as `appendFrame` does. */
  appendLastFrames(bodies: readonly FrameBody[]): void {
    const texts = bodies.map((body, i) => this.#textOf(body, i + 1))
    for (const [i, { type }] of bodies.entries()) this.#appendText(type, texts[i]!)
  }

  #textOf(body: FrameBody, ahead = 1): string {
    return jsonOf({ ...body, run_id: this.#options.run, seq: this.#seq + ahead })
  }

  #appendText(type: string, text: string, onPublished?: (frame: OutgoingFrame) => void): number {
    const seq = ++this.#seq
    const { scheduler, metrics } = this.#options
    scheduler.charge(TO_STORE)
    if (type === 'message') metrics.messages++
    this.#pendingSize += text.length
    this.#add({ seq, type, text, onPublished })
    return seq
  }

  /** Publishes a chunk after all frames that were appended before; it is not committed. */
  sendTransient(chunk: ChunkFrame): void {
    const { scheduler, metrics } = this.#options
    scheduler.charge(TO_SEND)
    metrics.chunks++
    this.#chunkSize += chunk.text.length
    if (this.#chunkSize > MOST_CHUNKS) chunk.onPublished()
    else this.#add(chunk)
  }

  /**
   * Appends a journal entry. Throws where it cannot be written as JSON, and `transcript_too_large` where the journal
   * would be larger than what is kept of one; there is always room for what is small.
   */
  append({ kind, ...body }: JournalInput): void {
    const text = jsonOf(body)
    this.#journalSize += text.length
    if (text.length > SMALL && this.#journalSize > JOURNAL * limits.transcript) throw tooLarge()
    const last = this.#entries.at(-1)
    // Nearly every turn ends with what came of an effect: both take one row, which is a fifth less to write.
    if (kind === 'turn' && last?.kind === 'effect')
      this.#entries[this.#entries.length - 1] = { n: last.n, kind, body: withEffect(text, last.body) }
    else this.#entries.push({ n: ++this.#entry, kind, body: text })
    this.#pendingSize += text.length
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
    this.#pendingSize = 0
    this.#chunkSize = 0
    this.#isCommitting = true
    this.#waitingNow = waiting
    const durable = frames.filter((frame) => frame.seq !== null) as (PendingFrame & { seq: number })[]
    const goesOn = durable.length + entries.length > 0
    const change = goesOn || row ? this.#change(durable, entries, row) : null
    const size = sizeOf(durable) + sizeOf(entries)
    const onCommitted = () => {
      if (goesOn) this.#progressed.resolve()
      this.#publish(frames, waiting)
    }
    return { change, size, onCommitted }
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

const tooLarge = () => new TroupeError('transcript_too_large', sizeText(limits.transcript))

function jsonOf(value: object): string {
  try {
    return JSON.stringify(value)
  } catch (error) {
    // Longer than a text can be.
    throw error instanceof RangeError && error.message === 'Invalid string length' ? tooLarge() : error
  }
}

/** What each row takes beside its text, in bytes. */
const ROW = 500

const sizeOf = (rows: readonly ({ text: string } | { body: string })[]): number =>
  rows.reduce((sum, row) => sum + ROW + ('text' in row ? row.text : row.body).length, 0)
