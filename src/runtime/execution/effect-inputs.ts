import type { ChatMessage, TeamMessage } from '../../machines/messages/index.ts'
import { errorOf } from '../../machines/shared/outcome.ts'
import type { RunnableTeam } from '../contract/agent.ts'
import { type Question, standingOf } from '../contract/agent.ts'
import type { InputAnswer, RunContext } from './run-context.ts'

/** What a chart tells an effect runner. */
export type EffectCommand =
  | { type: 'proceed'; again?: boolean }
  | { type: 'pause' | 'cancel' }
  | ({ type: 'answer' } & InputAnswer)
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
  #receive: ((command: EffectCommand) => void) | null = null
  /** How many questions are open that were asked with `askAs`. */
  #askedAs = 0

  constructor(options: EffectInputsOptions, signal: AbortSignal) {
    this.#options = options
    this.#signal = signal
  }

  /** Takes a command for the effect that waits for one. */
  receive(command: EffectCommand): void {
    this.#receive?.(command)
  }

  /** Asks a person. Throws when the turn is cancelled or the question fails. */
  async ask(question: Question): Promise<string> {
    const { run, name, emit } = this.#options
    try {
      // The answer goes through the chart, which passes it on in the states that wait for one.
      const command = await this.#next(() =>
        run.openInput(question, name, (answer) => emit({ type: 'answer', ...answer }))
      )
      if (command.type !== 'answer') return ''
      if ('failure' in command) throw errorOf(command.failure)
      return command.content
    } finally {
      run.closeInput(question.requestId)
    }
  }

  /** Asks a person in the name of `source`, while the chart waits for the effect of which this is a part. */
  async askAs({ source, ...question }: Question & { source: string }): Promise<string> {
    const { run, emit } = this.#options
    const answered = Promise.withResolvers<string>()
    const giveUp = () => answered.reject(this.#signal.reason)
    this.#signal.throwIfAborted()
    this.#signal.addEventListener('abort', giveUp, { once: true })
    if (this.#askedAs++ === 0) emit({ type: 'waiting' })
    try {
      run.openInput(question, source, (answer) => {
        if ('failure' in answer) answered.reject(errorOf(answer.failure))
        else answered.resolve(answer.content)
      })
      return await answered.promise
    } finally {
      this.#signal.removeEventListener('abort', giveUp)
      run.closeInput(question.requestId)
      if (--this.#askedAs === 0) emit({ type: 'going' })
    }
  }

  /** Has the chart run a team inside the turn; returns all messages of that team. */
  async runTeam(team: RunnableTeam, task: readonly ChatMessage[]): Promise<TeamMessage[]> {
    const { run, path, emit } = this.#options
    const collected = run.collect(path)
    const participant = run.participant(path)
    participant.stateBefore ??= standingOf(participant.agent)
    try {
      const command = await this.#next(() => emit({ type: 'lead', input: team.enter(run, path, task) }))
      if (command.type !== 'led' || command.output === undefined) throw (command as { error?: unknown }).error
      team.leave(command.output)
      return collected.messages
    } finally {
      collected.stop()
    }
  }

  /** The command that follows from `begin`, possibly at once; rejects when the signal is aborted first. */
  async #next(begin: () => void): Promise<EffectCommand> {
    this.#signal.throwIfAborted()
    const received = Promise.withResolvers<EffectCommand>()
    const giveUp = () => received.reject(this.#signal.reason)
    this.#signal.addEventListener('abort', giveUp, { once: true })
    this.#receive = received.resolve
    try {
      begin()
      return await received.promise
    } finally {
      this.#receive = null
      this.#signal.removeEventListener('abort', giveUp)
    }
  }
}
