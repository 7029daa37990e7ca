import type { ComponentModel } from '../machines/component.ts'
import type {
  ChatMessage,
  ModelClientStreamingChunkEvent,
  TeamMessage,
  TextMessage
} from '../machines/message.ts'
import type { Outcome } from '../machines/outcome.ts'
import type { Question } from './agents/agent.ts'
import type { Audience, Line } from './audience.ts'
import type { Clock } from './clock.ts'
import { complete } from './complete.ts'
import { tellEnd } from './ending.ts'
import { chunkFrame, type FrameBody, messageFrame } from './frames.ts'
import type { ModelCallRecord } from './models/model.ts'
import { Outbox } from './outbox.ts'
import type { Recorder } from './recorder.ts'
import { type Play, play } from './run.ts'
import type { Watcher } from './stage.ts'
import { stateOf, statusOf } from './status.ts'
import type { RunStatus } from './store/store.ts'
import type { Team } from './teams/team.ts'

/** A question that a run's clients may answer. `deadline` is null where there is no time-out. */
export interface PendingInput {
  request_id: string
  prompt: string
  source: string
  deadline: string | null
}

interface LiveRunOptions {
  id: number
  task: readonly ChatMessage[]
  team_config: ComponentModel
  load(component: ComponentModel): Team
  audience: Audience
  recorder: Recorder
  clock: Clock
  env: Readonly<Record<string, string | undefined>>
}

/** A run that the server keeps: numbers what happens, has it stored, and then tells its audience. */
export class LiveRun implements Watcher {
  readonly id: number
  /** Resolves when the last frame is stored and told. */
  readonly ended: Promise<void>
  readonly audience: Audience
  readonly #clock: Clock
  readonly #outbox: Outbox
  readonly #play: Play
  readonly #began: number
  readonly #messages: TeamMessage[] = []
  readonly #questions = new Map<string, { pending: PendingInput; frame: Line }>()
  readonly #asked = new Set<string>()
  readonly #partial = new Map<string, ModelClientStreamingChunkEvent>()
  #status: RunStatus = 'created'
  #reason: string | null = null

  constructor({ id, task, team_config, load, audience, recorder, clock, env }: LiveRunOptions) {
    this.id = id
    this.audience = audience
    this.#clock = clock
    this.#began = clock.now()
    this.#outbox = new Outbox({ run: id, recorder, audience, snapshot: () => this.#snapshot() })
    const taken = { source: 'user', content: task, message_type: 'text' }
    this.#outbox.change({ status: 'active', task: taken, team_config })
    const open = async () => {
      // What the run was asked to do is stored before anything is done.
      await this.#outbox.settled()
      return load(team_config)
    }
    this.#play = play({ id: String(id), team: open, task, clock, env, watcher: this })
    this.#play.actor.subscribe(({ status, value }) => {
      if (status === 'active') this.#tellStatus(stateOf(value))
    })
    this.#tellStatus(this.state)
    this.ended = this.#play.ended.then(({ outcome }) => this.#end(outcome))
  }

  /** Where the run's chart is: `running.awaitingInput`. */
  get state(): string {
    return stateOf(this.#play.actor.getSnapshot().value)
  }

  get status(): RunStatus {
    return this.#status
  }

  /** The number of the last frame that was told. */
  get seq(): number {
    return this.#outbox.published
  }

  /** The questions that were told and not answered yet, oldest first. */
  get pendingInput(): PendingInput[] {
    return [...this.#questions.values()].map(({ pending }) => pending)
  }

  /** The frames of the open questions. */
  questions(): Line[] {
    return [...this.#questions.values()].map(({ frame }) => frame)
  }

  /** The text so far of each answer that is still being written, as one chunk. */
  partial(): Line[] {
    return [...this.#partial.values()].map((chunk) => ({ seq: null, text: chunkFrame(this.id, chunk) }))
  }

  stop(reason: string): void {
    this.#reason ??= reason
    this.#send({ type: 'cancel' })
  }
  pause(): void {
    this.#send({ type: 'pause' })
  }
  resume(): void {
    this.#send({ type: 'resume' })
  }

  /** Ends what is under way without a word: the process is going. */
  leave(): void {
    this.#play.actor.stop()
  }

  /** Answers a question, or the oldest one, and gives its id; null where that is not asked, or not any more. */
  answer(content: string, requestId = this.#play.stage.questions()[0]): string | null {
    return requestId !== undefined && this.#play.stage.answer(requestId, content) ? requestId : null
  }

  /** Whether a question was ever told: that one, or any. */
  wasAsked(requestId?: string): boolean {
    return requestId === undefined ? this.#asked.size > 0 : this.#asked.has(requestId)
  }

  message(message: TeamMessage): void {
    this.#messages.push(message)
    this.#outbox.say(messageFrame(message), () => this.#partial.delete(message.id))
  }

  chunk(source: string, content: string, messageId: string | null): void {
    const chunk = complete<ModelClientStreamingChunkEvent>(
      { type: 'ModelClientStreamingChunkEvent', source, content, full_message_id: messageId },
      this.#clock
    )
    this.#outbox.pass(chunkFrame(this.id, chunk), () => {
      if (messageId === null) return
      const before = this.#partial.get(messageId)
      this.#partial.set(messageId, before ? { ...before, content: before.content + content } : chunk)
    })
  }

  asked({ requestId, prompt }: Question, source: string): void {
    const pending = { request_id: requestId, prompt, source, deadline: null }
    const data = { source: 'system', content: prompt }
    const frame: FrameBody = { type: 'input_request', ...pending, data, timestamp: this.#now() }
    this.#outbox.say(frame, (line) => {
      this.#asked.add(requestId)
      if (this.#play.stage.questions().includes(requestId))
        this.#questions.set(requestId, { pending, frame: line })
    })
  }

  answered(requestId: string): void {
    this.#questions.delete(requestId)
  }

  record(record: ModelCallRecord, source: string): void {
    const content = JSON.stringify({ ...record, agent_id: source })
    const message = complete<TextMessage>(
      { type: 'TextMessage', source: 'llm_call_event', content },
      this.#clock
    )
    this.#outbox.say(messageFrame(message))
  }

  #send(event: { type: 'cancel' | 'pause' | 'resume' }): void {
    if (this.#play.actor.getSnapshot().status === 'active') this.#play.actor.send(event)
  }

  #now = () => new Date(this.#clock.now()).toISOString()

  #snapshot(): string {
    return JSON.stringify(this.#play.actor.getPersistedSnapshot())
  }

  #tellStatus(state: string): void {
    const status = statusOf(state)
    if (status === this.#status) return
    this.#status = status
    this.#outbox.change({ status })
    this.#outbox.say({ type: 'status', status, state })
  }

  /** Tells how the run came out, and waits until that is stored. */
  async #end(outcome: Outcome): Promise<void> {
    this.#questions.clear()
    const told = 'cancelled' in outcome && this.#reason !== null ? { cancelled: this.#reason } : outcome
    await tellEnd(this.#outbox, told, { clock: this.#clock, began: this.#began, messages: this.#messages })
  }
}
