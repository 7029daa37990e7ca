import type { TeamMessage, TextMessage } from '../../machines/messages/index.ts'
import { messageFrame } from '../../protocol/frames.ts'
import { statusOf } from '../../protocol/run-status.ts'
import type { Question } from '../contract/agent.ts'
import type { RunObserver } from '../execution/run-context.ts'
import type { RunHistory } from '../journal/run-log.ts'
import type { ModelCallRecord } from '../models/model.ts'
import { type Clock, isoTime } from '../shared/clock.ts'
import { createMessage } from '../shared/create-message.ts'
import type { RunStatus } from '../store/store.ts'
import type { OutgoingFrame } from '../subscriptions/subscriber.ts'
import { type Ending, tellEnd } from './ending.ts'
import type { Outbox } from './outbox.ts'
import { PartialMessage } from './partial-messages.ts'
import type { PendingInputs } from './pending-inputs.ts'

interface RunWriterOptions {
  run: number
  outbox: Outbox
  questions: PendingInputs
  clock: Clock
  /** What is kept of the run, where it has begun before. */
  past?: RunHistory
}

/** Puts into frames what happens in a run, and keeps what lists of runs and later forks need of it. */
export class RunWriter implements RunObserver {
  /** What clients were told of how the run stands: it is stored. */
  status: RunStatus
  /** What they are told next, or were told. */
  #said: RunStatus
  readonly #messages: TeamMessage[] = []
  readonly #options: RunWriterOptions
  readonly #answers = new Map<string, PartialMessage>()
  /** The last turn whose end is kept. */
  #turn: number
  /** The names for which a person is to answer, as they are stored. */
  #waitsFor: string | null = null
  #muted = false

  constructor(options: RunWriterOptions) {
    this.#options = options
    this.status = this.#said = options.past?.status ?? 'created'
    this.#turn = options.past?.turn ?? -1
  }

  /** The text so far of each answer that is still being written, as one chunk. */
  partialFrames(): OutgoingFrame[] {
    return [...this.#answers.values()].flatMap((answer) => answer.textSoFar())
  }

  message(message: TeamMessage, known = false): void {
    this.#messages.push(message)
    if (!known)
      this.#options.outbox.appendFrame(messageFrame(message), () => this.#answers.delete(message.id))
  }

  chunk(source: string, content: string, messageId: string | null): void {
    const { outbox, clock } = this.#options
    outbox.sendTransient(this.#answer(source, messageId).nextChunk(content, isoTime(clock.now())))
  }

  #answer(source: string, messageId: string | null): PartialMessage {
    const known = messageId === null ? undefined : this.#answers.get(messageId)
    if (known) return known
    const answer = new PartialMessage(this.#options.run, source, messageId)
    if (messageId !== null) this.#answers.set(messageId, answer)
    return answer
  }

  inputRequested(question: Question, source: string): void {
    const { questions, outbox } = this.#options
    const frame = questions.open(question, source)
    if (!frame) this.#waitsFor = questions.sources
    else outbox.appendFrame(frame, (line) => questions.onPublished(question.requestId, line))
    this.#keepSources()
  }

  inputClosed(requestId: string): void {
    this.#options.questions.close(requestId)
    this.#keepSources()
  }

  /** The run's chart has come to a state. */
  statusChanged(state: string): void {
    const status = statusOf(state)
    if (status === this.#said) return
    this.#said = status
    const { outbox } = this.#options
    outbox.changeRow({ status })
    outbox.appendFrame({ type: 'status', status, state }, () => {
      this.status = status
    })
  }

  /** Tells how the run came out, and waits until that is stored; `began` in milliseconds since 1970. */
  async writeOutcome(ending: Ending, began: number): Promise<void> {
    const { questions, outbox, clock } = this.#options
    questions.clear()
    this.#keepSources()
    await tellEnd(outbox, ending, { clock, began, messages: this.#messages })
    this.status = 'stop' in ending ? 'complete' : 'failure' in ending ? 'error' : 'stopped'
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

  /** What ends now has not come to its end: the run is put away, or the process is going. */
  mute(): void {
    this.#muted = true
  }

  /** Lists of runs show for whom a person is to answer. */
  #keepSources(): void {
    const { questions, outbox } = this.#options
    if (this.#muted || questions.sources === this.#waitsFor) return
    this.#waitsFor = questions.sources
    outbox.changeRow({ waits_for: questions.sources })
  }
}
