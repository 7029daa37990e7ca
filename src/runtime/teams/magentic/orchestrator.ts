import {
  type ChatMessage,
  isChat,
  type ModelMessage,
  type TeamMessage,
  type TextMessage
} from '../../../machines/messages/index.ts'
import type { MagenticStep } from '../../../machines/teams/magentic-choice.ts'
import type { TaskLedger } from '../../../machines/teams/magentic-one.ts'
import type { Chosen } from '../../../machines/teams/selector.ts'
import { withoutImages } from '../../agents/vision.ts'
import { type Effect, type Turn, wait } from '../../contract/agent.ts'
import { askModel } from '../../models/ask-model.ts'
import type { Model, ModelRequest } from '../../models/model.ts'
import { historyOf, own, question } from './history.ts'
import { jsonFor, type Progress, readProgress } from './ledger.ts'
import {
  factsPrompt,
  ledgerText,
  newFactsPrompt,
  newPlanPrompt,
  planPrompt,
  progressPrompt
} from './prompts.ts'

/** What an orchestrator works with. */
export interface OrchestratorParts {
  model: Model
  /** The name under which it speaks. */
  manager: string
  names: readonly string[]
  /** The members in words. */
  roster: string
  maxTurns: number | null
  maxStalls: number
  answerPrompt: string
}

/** The orchestrator's decision; `afresh`: what was said before `messages` is cleared. */
export interface Orchestrated extends Omit<Chosen, 'at'> {
  afresh: boolean
}

type Script<Answer> = Generator<Effect, Answer, unknown>

/** How often a model is asked for the progress before its answers are given up. */
const TRIES = 10

/** The thoughts of an orchestrator between two turns of its team. */
export class Orchestrator {
  readonly #parts: OrchestratorParts
  readonly #turn: Turn
  #ledger: TaskLedger
  /** What was said before, as far as it still counts. */
  #thread: readonly ChatMessage[]
  #said: ChatMessage[] = []
  #afresh = false

  constructor(parts: OrchestratorParts, ledger: TaskLedger, thread: readonly TeamMessage[], turn: Turn) {
    this.#parts = parts
    this.#turn = turn
    this.#ledger = ledger
    this.#thread = thread.filter(isChat)
  }

  /** Plans where that is needed, looks at the progress, and says who is to do what, or what came out. */
  *play(): Script<Orchestrated> {
    const { maxTurns, maxStalls } = this.#parts
    if (!this.#ledger.planned) yield* this.#plan()
    for (;;) {
      if (maxTurns !== null && this.#ledger.rounds > maxTurns)
        return yield* this.#answer('Max rounds reached.')
      this.#note({ rounds: this.#ledger.rounds + 1 })
      const progress = yield* this.#look()
      if (progress.satisfied) return yield* this.#answer(progress.reason)
      this.#note({ stalls: Math.max(0, this.#ledger.stalls + (progress.stalls ? 1 : -1)) })
      if (this.#ledger.stalls >= maxStalls) yield* this.#planAnew()
      else {
        this.#say(progress.instruction)
        return this.#conclude([progress.speaker])
      }
    }
  }

  #plan(): Script<void> {
    const asked = [question(this.#parts.manager, factsPrompt(this.#ledger.task))]
    return this.#planFrom('gatherFacts', asked, planPrompt(this.#parts.roster))
  }

  #planAnew(): Script<void> {
    const asked = this.#after(newFactsPrompt(this.#ledger.task, this.#ledger.facts))
    return this.#planFrom('refreshFacts', asked, newPlanPrompt(this.#parts.roster))
  }

  *#planFrom(step: MagenticStep, asked: readonly ModelMessage[], prompt: string): Script<void> {
    const { manager } = this.#parts
    const facts = yield* this.#ask(step, asked)
    const plan = yield* this.#ask('plan', [...asked, own(manager, facts), question(manager, prompt)])
    this.#begin(facts, plan)
  }

  /** Begins afresh with these facts and this plan. */
  #begin(facts: string, plan: string): void {
    this.#note({ facts, plan, planned: true })
    this.#thread = []
    this.#said = []
    this.#afresh = true
    this.#say(ledgerText({ ...this.#ledger, team: this.#parts.roster }))
  }

  *#look(): Script<Progress> {
    const { model, roster, names } = this.#parts
    const asked = this.#after(progressPrompt(this.#ledger.task, roster, names))
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const progress = readProgress(yield* this.#ask('updateLedger', asked, jsonFor(model)), names)
      if (progress) return progress
    }
    throw new Error('Failed to parse ledger information after multiple retries.')
  }

  *#answer(stop: string): Script<Orchestrated> {
    const prompt = this.#parts.answerPrompt.replaceAll('{task}', () => this.#ledger.task)
    this.#say(yield* this.#ask('answer', this.#after(prompt)))
    return { ...this.#conclude([]), stop }
  }

  #conclude(speakers: string[]): Orchestrated {
    return { state: this.#ledger, speakers, messages: this.#said, afresh: this.#afresh }
  }

  *#ask(step: MagenticStep, asked: readonly ModelMessage[], json?: ModelRequest['json']): Script<string> {
    const { model } = this.#parts
    const messages = model.info.vision ? asked.slice() : withoutImages(asked)
    const { content } = yield* wait({
      step,
      model,
      perform: (call) => askModel(model, { messages, json, stream: false }, call),
      replayed: () => model.replayed?.()
    })
    if (typeof content === 'string') return content
    throw new Error('The model of the orchestrator called tools instead of answering.')
  }

  #note(news: Partial<TaskLedger>): void {
    this.#ledger = { ...this.#ledger, ...news }
  }

  #say(content: string): void {
    const { manager: source } = this.#parts
    this.#said.push(this.#turn.show<TextMessage>({ type: 'TextMessage', source, content }))
  }

  /** A question after all that was said. */
  #after(prompt: string): ModelMessage[] {
    const { manager } = this.#parts
    return [...historyOf([...this.#thread, ...this.#said], manager), question(manager, prompt)]
  }
}
