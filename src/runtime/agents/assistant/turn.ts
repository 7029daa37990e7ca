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
} from '../../../machines/message.ts'
import type { ModelRequest, ModelResult } from '../../models/model.ts'
import { type Effect, type Turn, wait } from '../agent.ts'
import { heardByModel } from '../heard.ts'
import { type Executed, handoffMessage } from './handoff.ts'
import type { AssistantParts } from './parts.ts'
import { summaryMessage } from './summary.ts'
import { withoutImages } from './vision.ts'

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
    const { name, rounds, reflects, handoffs, summarize } = this.#parts
    yield* this.#recall()
    for (let round = 1; ; round++) {
      const result = yield* this.#ask('askModel', (call) => this.#parts.tools.offer(call.signal))
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
    const result = yield* this.#ask('reflect')
    if (typeof result.content === 'string') return this.#say(result.content, result)
    throw new Error(`The model of "${this.#parts.name}" was to reflect in words, and called tools again.`)
  }

  /** Asks the model, offering it tools or, to reflect, forbidding them. */
  *#ask(
    step: 'askModel' | 'reflect',
    offer?: (call: { signal: AbortSignal }) => Promise<ModelRequest['tools']>
  ): Script<ModelResult> {
    const { model, streams, structure, name } = this.#parts
    const id = this.#id
    const messages = this.#prompt()
    const result: ModelResult = yield* wait({
      step,
      perform: async (call) => {
        const choice: Partial<ModelRequest> = offer ? { tools: await offer(call) } : { toolChoice: 'none' }
        const request = { messages, ...choice, json: structure?.schema, stream: streams }
        return model.create(
          request,
          streams ? { ...call, onChunk: (text) => this.#turn.chunk(text, id) } : call
        )
      }
    })
    const { content, thought } = result
    if (thought) this.#think(thought, typeof content !== 'string')
    this.news.push({ type: 'AssistantMessage', content, thought, source: name })
    return result
  }

  #prompt(): readonly ModelMessage[] {
    const { context, model, systemMessage } = this.#parts
    const sent = context.toSend(this.news)
    const messages: readonly ModelMessage[] = systemMessage
      ? [{ type: 'SystemMessage', content: systemMessage }, ...sent]
      : sent
    return model.info.vision ? messages : withoutImages(messages)
  }

  // The text that a model writes beside its calls was streamed, and the thought is all that becomes of it.
  #think(content: string, streamed: boolean): void {
    const id = streamed ? { id: this.#id } : {}
    this.#turn.show<ThoughtEvent>({ type: 'ThoughtEvent', ...id, source: this.#parts.name, content })
    if (streamed) this.#id = this.#turn.id()
  }

  *#runTools(calls: FunctionCall[], { usage }: ModelResult): Script<Executed> {
    const { name, tools } = this.#parts
    this.#turn.show<ToolCallRequestEvent>({
      type: 'ToolCallRequestEvent',
      source: name,
      content: calls,
      models_usage: usage
    })
    const results = yield* wait<FunctionResult[]>({
      step: 'runTools',
      perform: (call) => tools.run(calls, call)
    })
    this.news.push({ type: 'FunctionExecutionResultMessage', content: results })
    this.#turn.show<ToolCallExecutionEvent>({
      type: 'ToolCallExecutionEvent',
      source: name,
      content: results
    })
    return calls.map((call, index) => [call, results[index]!])
  }

  #say(content: string, { usage }: ModelResult): ChatMessage {
    const { name, structure } = this.#parts
    const frame = { id: this.#id, source: name, models_usage: usage }
    if (structure) return this.#turn.reply<StructuredMessage>({ ...frame, ...structure.read(content) })
    return this.#turn.reply<TextMessage>({ ...frame, content, type: 'TextMessage' })
  }
}
