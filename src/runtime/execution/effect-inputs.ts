import type { ChatMessage, TeamMessage } from '../../machines/messages/index.ts'
import { type Decision, decisionOf } from '../../machines/shared/decision.ts'
import { errorOf } from '../../machines/shared/outcome.ts'
import { type RunnableTeam, standingOf } from '../contract/agent.ts'
import type { ApprovalQuestion, InputAnswer, Question } from '../contract/question.ts'
import type { RunContext } from './run-context.ts'

/** What a chart tells an effect runner. */
export type EffectCommand =
  | { type: 'proceed'; again?: boolean }
  | { type: 'pause' | 'cancel' }
  | ({ type: 'answer'; requestId?: string } & InputAnswer)
  | { type: 'led'; output?: unknown; error?: unknown }

/** What an effect runner tells its chart: the step it wants to begin, that the turn broke, or what came of it. */
export type EffectEvent = { type: string } & Record<string, unknown>

interface EffectInputsOptions {
  run: RunContext
  /** The path of the speaker in the run. */
  path: string
  /** The name of the speaker. */
  name: string
  emit(event: EffectEvent): void
}

/** What an effect asks of its chart and waits for: a person's answer, a team that runs inside the turn. */
export class EffectInputs {
  readonly #options: EffectInputsOptions
  readonly #signal: AbortSignal
  /** What waits for a command of the chart, by request id; a team that runs inside the turn has none. */
  readonly #waiting = new Map<string, (command: EffectCommand) => void>()
  /** How many questions are open that were asked with `askAs` or `approveAs`. */
  #askedAs = 0
  /** How many parts of the effect are under way. */
  #parts = 0
  /** Whether all of them wait for persons. */
  #isWaiting = false

  constructor(options: EffectInputsOptions, signal: AbortSignal) {
    this.#options = options
    this.#signal = signal
  }

  /** Takes a command for what waits for it. */
  receive(command: EffectCommand): void {
    const key = command.type === 'answer' ? (command.requestId ?? [...this.#waiting.keys()][0]) : TEAM
    this.#waiting.get(key ?? '')?.(command)
  }

  /** Asks a person. Throws when the turn is cancelled or the question fails. */
  async ask(question: Question): Promise<string> {
    return textOf(await this.#ask(question))
  }

  /** Asks a person whether a tool may be called. Throws as `ask` does. */
  async approve(question: ApprovalQuestion): Promise<Decision> {
    return decisionIn(await this.#ask(question))
  }

  /** Asks a person in the name of `source`, while the chart waits for the effect of which this is a part. */
  async askAs(question: Question & { source: string }): Promise<string> {
    return textOf(await this.#askAs(question))
  }

  /** Asks whether a tool may be called, as `askAs` does. */
  async approveAs(question: ApprovalQuestion & { source: string }): Promise<Decision> {
    return decisionIn(await this.#askAs(question))
  }

  /** The answer goes through the chart, which passes it on in the states that wait for one. */
  async #ask(question: Question): Promise<InputAnswer> {
    const { run, name, emit } = this.#options
    const { requestId } = question
    try {
      return (await this.#next(requestId, () =>
        run.openInput(question, name, (answer) => emit({ type: 'answer', requestId, ...answer }))
      )) as InputAnswer
    } finally {
      run.closeInput(requestId)
    }
  }

  /** Follows a part of the effect, which may ask a person. */
  async during<T>(part: () => Promise<T>): Promise<T> {
    this.#parts++
    try {
      return await part()
    } finally {
      this.#parts--
      this.#note()
    }
  }

  /** Notes in the run whether the effect does nothing but wait for persons. */
  #note(): void {
    const waits = this.#askedAs > 0 && this.#askedAs >= this.#parts
    if (waits !== this.#isWaiting) this.#options.run.waiting += waits ? 1 : -1
    this.#isWaiting = waits
  }

  async #askAs({ source, ...question }: Question & { source: string }): Promise<InputAnswer> {
    const { run, emit } = this.#options
    const answered = Promise.withResolvers<InputAnswer>()
    const giveUp = () => answered.reject(this.#signal.reason)
    this.#signal.throwIfAborted()
    this.#signal.addEventListener('abort', giveUp, { once: true })
    if (this.#askedAs++ === 0) emit({ type: 'waiting' })
    this.#note()
    try {
      run.openInput(question, source, answered.resolve)
      return await answered.promise
    } finally {
      this.#signal.removeEventListener('abort', giveUp)
      run.closeInput(question.requestId)
      if (--this.#askedAs === 0) emit({ type: 'going' })
      this.#note()
    }
  }

  /** Has the chart run a team inside the turn; returns all messages of that team. */
  async runTeam(team: RunnableTeam, task: readonly ChatMessage[]): Promise<TeamMessage[]> {
    const { run, path, emit } = this.#options
    const collected = run.collect(path)
    const participant = run.participant(path)
    participant.stateBefore ??= standingOf(participant.agent)
    try {
      const command = await this.#next(TEAM, () => emit({ type: 'lead', input: team.enter(run, path, task) }))
      if (command.type !== 'led' || command.output === undefined) throw (command as { error?: unknown }).error
      team.leave(command.output)
      return collected.messages
    } finally {
      collected.stop()
    }
  }

  /** The command that follows from `begin`, possibly at once; rejects when the signal is aborted first. */
  async #next(key: string, begin: () => void): Promise<EffectCommand> {
    this.#signal.throwIfAborted()
    const received = Promise.withResolvers<EffectCommand>()
    const giveUp = () => received.reject(this.#signal.reason)
    this.#signal.addEventListener('abort', giveUp, { once: true })
    this.#waiting.set(key, received.resolve)
    try {
      begin()
      return await received.promise
    } finally {
      this.#waiting.delete(key)
      this.#signal.removeEventListener('abort', giveUp)
    }
  }
}

/** Stands for the request id of a team that runs inside the turn. */
const TEAM = 'team'

function textOf(answer: InputAnswer): string {
  if ('failure' in answer) throw errorOf(answer.failure)
  return 'content' in answer ? answer.content : ''
}

function decisionIn(answer: InputAnswer): Decision {
  if ('failure' in answer) throw errorOf(answer.failure)
  return 'decision' in answer ? answer.decision : decisionOf(answer.content)
}
