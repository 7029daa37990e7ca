import type { TeamMessage, TextMessage } from '../../machines/messages/index.ts'
import { type Failure, failureOf } from '../../machines/shared/outcome.ts'
import { messageFrame, type OutgoingFrame } from '../../protocol/frames.ts'
import { RecordShortener } from '../../protocol/model-records.ts'
import { type RunStatus, statusOf } from '../../protocol/run-status.ts'
import type { FrameBody, TeamResult } from '../../protocol/server-frames.ts'
import type { Question } from '../contract/question.ts'
import type { RunObserver } from '../execution/run-context.ts'
import type { RunHistory } from '../journal/run-log.ts'
import type { ModelCallRecord } from '../models/model.ts'
import { type Clock, isoTime } from '../shared/clock.ts'
import { createMessage } from '../shared/create-message.ts'
import type { Outbox } from './outbox.ts'
import { PartialMessage } from './partial-messages.ts'
import type { PendingInputs } from './pending-inputs.ts'

/** How a run ended, as clients are sent it; `cancelled` is the reason. */
export type FinalOutcome = { stop: string } | { failure: Failure } | { cancelled: string | true }

/** Source: AutoGen Studio 0.4.3. */
const FAILED = 'An error occurred while processing this run'

interface RunWriterOptions {
  run: number
  outbox: Outbox
  pendingInputs: PendingInputs
  clock: Clock
  /** What is stored of the run, where it has begun before. */
  history?: RunHistory
}

/** Writes what a run does as frames and journal entries into its outbox, and keeps its row up to date. */
export class RunWriter implements RunObserver {
  /** The status that clients were sent last: it is committed. */
  status: RunStatus
  /** The status that was appended last. */
  #appended: RunStatus
  readonly #options: RunWriterOptions
  readonly #messages: TeamMessage[] = []
  readonly #partial = new Map<string, PartialMessage>()
  readonly #records = new RecordShortener()
  /** The last turn whose end is recorded. */
  #turn: number
  /** The members that wait for a person, as the run's row has them. */
  #waitsFor: string | null = null
  #isMuted = false
  /** The last frames are written: what the charts still do has no place in the log. */
  #isOver = false
  readonly #failed = Promise.withResolvers<Failure>()

  constructor(options: RunWriterOptions) {
    this.#options = options
    this.status = this.#appended = options.history?.status ?? 'created'
    this.#turn = options.history?.turn ?? -1
  }

  /** Resolves when something that the run does cannot be written, such as what is too large: the run is to end. */
  get failed(): Promise<Failure> {
    return this.#failed.promise
  }

  /** The text so far of each message that a model is still writing, as one chunk each. */
  partialFrames(): OutgoingFrame[] {
    return [...this.#partial.values()].flatMap((message) => message.textSoFar())
  }

  message(message: TeamMessage, isReplayed = false): void {
    if (this.#isOver) return
    this.#messages.push(message)
    if (!isReplayed) this.#append(messageFrame(message), () => this.#partial.delete(message.id))
  }

  chunksEnded(messageIds: Iterable<string>): void {
    // Chunks may still wait to be published: a subscriber that comes before them is to get the text before those.
    void this.#options.outbox.flushed().then(() => {
      for (const id of messageIds) this.#partial.delete(id)
    })
  }

  chunk(source: string, content: string, messageId: string | null): void {
    if (this.#isOver) return
    const { outbox, clock } = this.#options
    outbox.sendTransient(this.#partialMessage(source, messageId).nextChunk(content, isoTime(clock.now())))
  }

  #partialMessage(source: string, messageId: string | null): PartialMessage {
    const known = messageId === null ? undefined : this.#partial.get(messageId)
    if (known) return known
    const message = new PartialMessage(this.#options.run, source, messageId)
    if (messageId !== null) this.#partial.set(messageId, message)
    return message
  }

  inputRequested(question: Question, source: string): void {
    const { pendingInputs } = this.#options
    const body = pendingInputs.open(question, source)
    if (!body) this.#waitsFor = pendingInputs.sources
    else this.#append(body, (frame) => pendingInputs.onPublished(question.requestId, frame))
    this.#updateWaitsFor()
  }

  inputClosed(requestId: string): void {
    this.#options.pendingInputs.close(requestId)
    this.#updateWaitsFor()
  }

  modelCalled(record: ModelCallRecord, source: string): void {
    const { outbox } = this.#options
    const content = JSON.stringify({
      ...this.#records.shorten(record, source, outbox.seq + 1),
      agent_id: source
    })
    const message = createMessage<TextMessage>(
      { type: 'TextMessage', source: 'llm_call_event', content },
      this.#options.clock
    )
    this.#append(messageFrame(message))
  }

  turnEnded(turn: number, speakers: readonly string[]): void {
    if (turn <= this.#turn) return
    this.#turn = turn
    const { outbox, clock } = this.#options
    outbox.append({ kind: 'turn', at: clock.now(), turn, seq: outbox.seq, speakers })
  }

  /** The run's chart has entered a state, such as `running.paused`. */
  statusChanged(state: string): void {
    const status = statusOf(state)
    if (status === this.#appended || this.#isOver) return
    this.#appended = status
    const { outbox } = this.#options
    outbox.changeRow({ status })
    this.#append({ type: 'status', status, state }, () => {
      this.status = status
    })
  }

  /** Writes how the run ended and resolves when that is committed; `startedAt` in milliseconds since 1970. */
  async writeOutcome(outcome: FinalOutcome, startedAt: number): Promise<void> {
    const { pendingInputs, outbox, clock } = this.#options
    pendingInputs.clear()
    this.#updateWaitsFor()
    this.#isOver = true
    const written = await writeOutcome(outbox, outcome, { clock, startedAt, messages: this.#messages })
    // Not before all is published, for the same reason as above.
    this.#partial.clear()
    this.status = 'stop' in written ? 'complete' : 'failure' in written ? 'error' : 'stopped'
  }

  /** The run is unloaded: what its actors give up now has not ended. */
  mute(): void {
    this.#isMuted = true
  }

  /** Appends a frame; where that cannot be done the run is to end, and nothing is thrown into its charts. */
  #append(body: FrameBody, onPublished?: (frame: OutgoingFrame) => void): void {
    try {
      this.#options.outbox.appendFrame(body, onPublished)
    } catch (error) {
      this.#failed.resolve(failureOf(error))
    }
  }

  #updateWaitsFor(): void {
    const { pendingInputs, outbox } = this.#options
    if (this.#isMuted || pendingInputs.sources === this.#waitsFor) return
    this.#waitsFor = pendingInputs.sources
    outbox.changeRow({ waits_for: pendingInputs.sources })
  }
}

/** What the last frame of a run tells of it; `startedAt` in milliseconds since 1970. */
interface RunSummary {
  clock: Clock
  startedAt: number
  messages: readonly TeamMessage[]
}

/**
 * Writes how a run ended: its last status and its last frame. Resolves when they are committed, with the outcome that was
 * written: a result that cannot be written is a failure.
 */
export async function writeOutcome(
  outbox: Outbox,
  outcome: FinalOutcome,
  summary: RunSummary
): Promise<FinalOutcome> {
  let written = outcome
  try {
    appendOutcome(outbox, outcome, summary)
  } catch (error) {
    written = { failure: failureOf(error) }
    appendOutcome(outbox, written, summary)
  }
  const status = 'failure' in written ? 'error' : 'cancelled' in written ? 'stopped' : 'complete'
  outbox.metrics.runsEnded.add({ status })
  if ('failure' in written) outbox.metrics.errors.add({ code: written.failure.code ?? 'run_failed' })
  await outbox.committed()
  return written
}

/** How long the text of an error may be that a run ends with, in characters. */
const LONGEST_ERROR = 2 ** 16

function appendOutcome(outbox: Outbox, outcome: FinalOutcome, summary: RunSummary): void {
  const append = (status: RunStatus, state: string, last: FrameBody, error_message?: string) => {
    outbox.appendLastFrames([{ type: 'status', status, state }, last])
    outbox.changeRow({ status, ...(error_message !== undefined && { error_message }) })
  }
  if ('failure' in outcome) {
    const { type, message, code } = outcome.failure
    const text = shortened(type && !code ? `${type}: ${message}` : message)
    append('error', 'failed', completion({ status: 'error', code }, 'system', text, FAILED, summary), text)
  } else if ('cancelled' in outcome) {
    const reason = outcome.cancelled === true ? 'The run was cancelled.' : outcome.cancelled
    append('stopped', 'cancelled', completion({ status: 'cancelled' }, 'user', reason, reason, summary))
  } else {
    const data = teamResult(summary.messages, outcome.stop, summary)
    append('complete', 'completed', { type: 'result', status: 'complete', data })
  }
}

const shortened = (text: string): string =>
  text.length > LONGEST_ERROR ? `${text.slice(0, LONGEST_ERROR)}…` : text

function completion(
  how: { status: 'cancelled' | 'error'; code?: string },
  source: string,
  content: string,
  reason: string,
  summary: RunSummary
): FrameBody {
  const message = createMessage<TextMessage>({ type: 'TextMessage', source, content }, summary.clock)
  const timestamp = new Date(summary.clock.now()).toISOString()
  return { type: 'completion', ...how, data: teamResult([message], reason, summary), timestamp }
}

const teamResult = (
  messages: readonly TeamMessage[],
  stop_reason: string,
  { clock, startedAt }: RunSummary
): TeamResult => ({
  task_result: { messages, stop_reason },
  usage: '',
  duration: Math.max(0, clock.now() - startedAt) / 1000
})
