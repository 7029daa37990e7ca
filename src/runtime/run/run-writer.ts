import type { TeamMessage, TextMessage } from '../../machines/messages/index.ts'
import type { Failure } from '../../machines/shared/outcome.ts'
import { messageFrame, type OutgoingFrame } from '../../protocol/frames.ts'
import { type RunStatus, statusOf } from '../../protocol/run-status.ts'
import type { FrameBody, TeamResult } from '../../protocol/server-frames.ts'
import type { Question } from '../contract/agent.ts'
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
  /** The last turn whose end is recorded. */
  #turn: number
  /** The members that wait for a person, as the run's row has them. */
  #waitsFor: string | null = null
  #isMuted = false

  constructor(options: RunWriterOptions) {
    this.#options = options
    this.status = this.#appended = options.history?.status ?? 'created'
    this.#turn = options.history?.turn ?? -1
  }

  /** The text so far of each message that a model is still writing, as one chunk each. */
  partialFrames(): OutgoingFrame[] {
    return [...this.#partial.values()].flatMap((message) => message.textSoFar())
  }

  message(message: TeamMessage, isReplayed = false): void {
    this.#messages.push(message)
    if (!isReplayed)
      this.#options.outbox.appendFrame(messageFrame(message), () => this.#partial.delete(message.id))
  }

  chunk(source: string, content: string, messageId: string | null): void {
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
    const { pendingInputs, outbox } = this.#options
    const body = pendingInputs.open(question, source)
    if (!body) this.#waitsFor = pendingInputs.sources
    else outbox.appendFrame(body, (frame) => pendingInputs.onPublished(question.requestId, frame))
    this.#updateWaitsFor()
  }

  inputClosed(requestId: string): void {
    this.#options.pendingInputs.close(requestId)
    this.#updateWaitsFor()
  }

  modelCalled(record: ModelCallRecord, source: string): void {
    const { outbox, clock } = this.#options
    const content = JSON.stringify({ ...record, agent_id: source })
    const message = createMessage<TextMessage>(
      { type: 'TextMessage', source: 'llm_call_event', content },
      clock
    )
    outbox.appendFrame(messageFrame(message))
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
    if (status === this.#appended) return
    this.#appended = status
    const { outbox } = this.#options
    outbox.changeRow({ status })
    outbox.appendFrame({ type: 'status', status, state }, () => {
      this.status = status
    })
  }

  /** Writes how the run ended and resolves when that is committed; `startedAt` in milliseconds since 1970. */
  async writeOutcome(outcome: FinalOutcome, startedAt: number): Promise<void> {
    const { pendingInputs, outbox, clock } = this.#options
    pendingInputs.clear()
    this.#updateWaitsFor()
    await writeOutcome(outbox, outcome, { clock, startedAt, messages: this.#messages })
    this.status = 'stop' in outcome ? 'complete' : 'failure' in outcome ? 'error' : 'stopped'
  }

  /** The run is unloaded: what its actors give up now has not ended. */
  mute(): void {
    this.#isMuted = true
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

/** Writes how a run ended: its last status and its last frame. Resolves when they are committed. */
export async function writeOutcome(
  outbox: Outbox,
  outcome: FinalOutcome,
  summary: RunSummary
): Promise<void> {
  if ('failure' in outcome) {
    const { type, message, code } = outcome.failure
    const text = type && !code ? `${type}: ${message}` : message
    outbox.changeRow({ status: 'error', error_message: text })
    outbox.appendFrame({ type: 'status', status: 'error', state: 'failed' })
    outbox.appendFrame(completion({ status: 'error', code }, 'system', text, FAILED, summary))
  } else if ('cancelled' in outcome) {
    const reason = outcome.cancelled === true ? 'The run was cancelled.' : outcome.cancelled
    outbox.changeRow({ status: 'stopped' })
    outbox.appendFrame({ type: 'status', status: 'stopped', state: 'cancelled' })
    outbox.appendFrame(completion({ status: 'cancelled' }, 'user', reason, reason, summary))
  } else {
    outbox.changeRow({ status: 'complete' })
    outbox.appendFrame({ type: 'status', status: 'complete', state: 'completed' })
    const data = teamResult(summary.messages, outcome.stop, summary)
    outbox.appendFrame({ type: 'result', status: 'complete', data })
  }
  await outbox.committed()
}

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
