import type {
  ChatMessage,
  FunctionCall,
  FunctionResult,
  MemoryQueryEvent,
  ModelMessage,
  StructuredMessage,
  TextMessage,
  ThoughtEvent,
  ToolCallExecutionEvent,
  ToolCallRequestEvent
} from '../../../machines/messages/index.ts'
import { type Effect, type Turn, wait } from '../../contract/agent.ts'
import type { ModelResult } from '../../models/model.ts'
import { heardByModel } from '../heard.ts'
import { type Asking, modelEffect } from '../model-effect.ts'
import { askApproval } from './approval.ts'
import { type Executed, handoffMessage } from './handoff.ts'
import type { AssistantParts } from './parts.ts'
import { mayPass } from './retry.ts'
import { summaryMessage } from './summary.ts'
import type { CallResult } from './tool-runner.ts'

type Script<Answer> = Generator<Effect, Answer, unknown>

/** One turn of an assistant: what it hears and learns is news until the turn is over. */
export class AssistantTurn {
  /** What goes into the assistant's context when the turn has come to its end. */
  readonly news: ModelMessage[]
  readonly #parts: AssistantParts
  readonly #turn: Turn
  /** The id of the message that follows: pieces of it that are streamed name it beforehand. */
  #id: string

  constructor(parts: AssistantParts, heard: readonly ChatMessage[], turn: Turn) {
    this.#parts = parts
    this.#turn = turn
    this.news = heard.flatMap(heardByModel)
    this.#id = turn.id()
  }

  /** Asks the model, runs the tools it calls, asks again, and puts what it came to into one message. */
  *play(): Script<ChatMessage> {
    const { name, rounds, reflects, handoffs, summarize, tools } = this.#parts
    const offer = (signal: AbortSignal) => tools.offer(signal)
    yield* this.#recall()
    for (let round = 1; ; round++) {
      const result = yield* this.#ask({ step: 'askModel', offer })
      const { content } = result
      if (typeof content === 'string') return this.#say(content, result)
      const executed = yield* this.#runTools(content, result)
      const handoff = handoffMessage(name, executed, result.thought, handoffs)
      if (handoff) return this.#turn.reply(handoff)
      if (round < rounds) continue
      return reflects ? yield* this.#reflect() : this.#turn.reply(summaryMessage(name, executed, summarize))
    }
  }

  *#recall(): Script<void> {
    const { memories, context, name } = this.#parts
    for (const memory of memories) {
      const recalled = yield* wait({
        step: 'recall',
        perform: ({ signal }) => memory.update([...context.messages, ...this.news], { signal })
      })
      this.news.push(...recalled.messages)
      if (recalled.memories.length === 0) continue
      this.#turn.show<MemoryQueryEvent>({
        type: 'MemoryQueryEvent',
        source: name,
        content: recalled.memories
      })
    }
  }

  *#reflect(): Script<ChatMessage> {
    const result = yield* this.#ask({ step: 'reflect', toolChoice: 'none' })
    if (typeof result.content === 'string') return this.#say(result.content, result)
    throw new Error(`The model of "${this.#parts.name}" was to reflect in words, and called tools again.`)
  }

  /** Asks the model, again where that may help, and makes news of its answer. */
  *#ask(more: Pick<Asking, 'step' | 'offer' | 'toolChoice'>): Script<ModelResult> {
    const { name, retry } = this.#parts
    let result: ModelResult | undefined
    for (let tried = 0; !result; tried++) {
      try {
        const answer: ModelResult = yield* this.#askOnce({ ...more, delayMs: tried > 0 ? retry.delay_ms : 0 })
        if (retry.times > tried) this.#demandShape(answer)
        result = answer
      } catch (error) {
        if (tried >= retry.times || !mayPass(error)) throw error
      }
    }
    const { content, thought } = result
    if (thought) this.#think(thought, typeof content !== 'string')
    this.news.push({ type: 'AssistantMessage', content, thought, source: name })
    return result
  }

  *#askOnce(more: Pick<Asking, 'step' | 'offer' | 'toolChoice' | 'delayMs'>): Script<ModelResult> {
    const { model, streams, structure, context, systemMessage } = this.#parts
    const messages = context.toSend(this.news)
    const frame = { turn: this.#turn, id: this.#id, systemMessage, messages, json: structure?.schema }
    return yield* wait(modelEffect({ model, streams, ...frame, ...more }))
  }

  /** Throws where an answer is to have a shape and has another. */
  #demandShape({ content }: ModelResult): void {
    if (typeof content === 'string') this.#parts.structure?.read(content)
  }

  // The text that a model writes beside its calls was streamed, and the thought is all that becomes of it.
  #think(content: string, streamed: boolean): void {
    const id = streamed ? { id: this.#id } : {}
    this.#turn.show<ThoughtEvent>({ type: 'ThoughtEvent', ...id, source: this.#parts.name, content })
    if (streamed) this.#id = this.#turn.id()
  }

  *#runTools(calls: FunctionCall[], { usage }: ModelResult): Script<Executed> {
    const { name } = this.#parts
    this.#turn.show<ToolCallRequestEvent>({
      type: 'ToolCallRequestEvent',
      source: name,
      content: calls,
      models_usage: usage
    })
    const made = yield* this.#made(calls)
    for (const { inner = [] } of made) this.#turn.include(inner)
    const results = made.map(({ inner: _, ...result }): FunctionResult => result)
    this.news.push({ type: 'FunctionExecutionResultMessage', content: results })
    this.#turn.show<ToolCallExecutionEvent>({
      type: 'ToolCallExecutionEvent',
      source: name,
      content: results
    })
    return calls.map((call, index) => [call, results[index]!])
  }

  /** The results of the calls; a person is asked first where one has to approve some of them. */
  *#made(calls: FunctionCall[]): Script<CallResult[]> {
    const { name, tools } = this.#parts
    const made = yield* wait({ step: 'runTools', perform: (call) => tools.run(calls, call) })
    if (Array.isArray(made)) return made
    const decisions = yield* wait({
      step: 'askApproval',
      perform: (call) => askApproval(name, calls, made.toApprove, call)
    })
    const decided = yield* wait({ step: 'runTools', perform: (call) => tools.run(calls, call, decisions) })
    return decided as CallResult[]
  }

  #say(content: string, { usage }: ModelResult): ChatMessage {
    const { name, structure } = this.#parts
    const frame = { id: this.#id, source: name, models_usage: usage }
    if (structure) return this.#turn.reply<StructuredMessage>({ ...frame, ...structure.read(content) })
    return this.#turn.reply<TextMessage>({ ...frame, content, type: 'TextMessage' })
  }
}
