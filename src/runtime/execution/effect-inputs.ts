import type { ChatMessage, TeamMessage } from '../../machines/messages/index.ts'
import { errorOf } from '../../machines/shared/outcome.ts'
import { type Leadable, type Question, standingOf } from '../contract/agent.ts'
import type { InputAnswer, RunContext } from './run-context.ts'

/** What a chart tells a script. */
export type EffectCommand =
  | { type: 'proceed'; again?: boolean }
  | { type: 'pause' | 'cancel' }
  | ({ type: 'answer' } & InputAnswer)
  | { type: 'led'; output?: unknown; error?: unknown }

/** What a script tells its chart: what it wants to do next, that it broke, or what came of it. */
export type EffectEvent = { type: string } & Record<string, unknown>

interface EffectInputsOptions {
  stage: RunContext
  /** Where the speaker stands in the run. */
  path: string
  name: string
  tell(event: EffectEvent): void
}

/** What an effect asks of its chart and waits for: a person's answer, a nested team. */
export class EffectInputs {
  readonly #options: EffectInputsOptions
  readonly #signal: AbortSignal
  #hear: ((cue: EffectCommand) => void) | null = null
  /** How many questions are open that are asked beside. */
  #beside = 0

  constructor(options: EffectInputsOptions, signal: AbortSignal) {
    this.#options = options
    this.#signal = signal
  }

  /** Hands a cue to whoever waits for one. */
  hand(cue: EffectCommand): void {
    this.#hear?.(cue)
  }

  /** Asks a person. */
  async ask(question: Question): Promise<string> {
    const { stage, name, tell } = this.#options
    try {
      // The answer goes through the chart, which hands it on in the states that wait for one.
      const cue = await this.#next(() =>
        stage.openInput(question, name, (answer) => tell({ type: 'answer', ...answer }))
      )
      if (cue.type !== 'answer') return ''
      if ('failure' in cue) throw errorOf(cue.failure)
      return cue.content
    } finally {
      stage.closeInput(question.requestId)
    }
  }

  /** Asks a person while the chart waits for something else of which this is a part. */
  async askBeside({ source, ...question }: Question & { source: string }): Promise<string> {
    const { stage, tell } = this.#options
    const heard = Promise.withResolvers<string>()
    const giveUp = () => heard.reject(this.#signal.reason)
    this.#signal.throwIfAborted()
    this.#signal.addEventListener('abort', giveUp, { once: true })
    if (this.#beside++ === 0) tell({ type: 'waiting' })
    try {
      stage.openInput(question, source, (answer) => {
        if ('failure' in answer) heard.reject(errorOf(answer.failure))
        else heard.resolve(answer.content)
      })
      return await heard.promise
    } finally {
      this.#signal.removeEventListener('abort', giveUp)
      stage.closeInput(question.requestId)
      if (--this.#beside === 0) tell({ type: 'going' })
    }
  }

  /** Has the chart run a nested team; gives all that was said in it. */
  async lead(team: Leadable, task: readonly ChatMessage[]): Promise<TeamMessage[]> {
    const { stage, path, tell } = this.#options
    const said = stage.collect(path)
    const seat = stage.participant(path)
    seat.stateBefore ??= standingOf(seat.agent)
    try {
      const cue = await this.#next(() => tell({ type: 'lead', input: team.enter(stage, path, task) }))
      if (cue.type !== 'led' || cue.output === undefined) throw (cue as { error?: unknown }).error
      team.leave(cue.output)
      return said.messages
    } finally {
      said.stop()
    }
  }

  /** The cue that comes of something, which may be at once; rejects when the signal is aborted first. */
  async #next(begin: () => void): Promise<EffectCommand> {
    this.#signal.throwIfAborted()
    const heard = Promise.withResolvers<EffectCommand>()
    const giveUp = () => heard.reject(this.#signal.reason)
    this.#signal.addEventListener('abort', giveUp, { once: true })
    this.#hear = heard.resolve
    try {
      begin()
      return await heard.promise
    } finally {
      this.#hear = null
      this.#signal.removeEventListener('abort', giveUp)
    }
  }
}
