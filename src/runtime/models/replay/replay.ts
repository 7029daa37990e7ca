import { z } from 'zod'
import type { ComponentType } from '../../../machines/component/component.ts'
import { FunctionCall, Usage } from '../../../machines/messages/index.ts'
import type { Model, ModelCall, ModelRequest, ModelResult } from '../model.ts'
import { valueError } from '../model-error.ts'
import { Info, unknownInfo } from '../model-info.ts'
import { sleep } from '../service/sleep.ts'
import { countWords, PromptCounter, words } from './token-texts.ts'

/** A whole answer as a config gives it. Source: autogen-core `CreateResult`. */
export const GivenResult = z.looseObject({
  finish_reason: z.enum(['stop', 'length', 'function_calls', 'content_filter', 'unknown']),
  content: z.union([z.string(), z.array(FunctionCall)]),
  usage: Usage,
  cached: z.boolean().default(false),
  thought: z.string().nullish()
})
export type GivenResult = z.infer<typeof GivenResult>

/** The config of a replay model. */
export const ReplayConfig = z.looseObject({
  chat_completions: z.array(z.union([z.string(), GivenResult])),
  model_info: Info.nullish(),
  /** Milliseconds each call takes. */
  delay_ms: z.number().nonnegative().nullish(),
  /** Milliseconds between two streamed chunks. */
  chunk_delay_ms: z.number().nonnegative().nullish()
})
export type ReplayConfig = z.infer<typeof ReplayConfig>

const nextTick = () => new Promise<void>((resolve) => setImmediate(resolve))

/** After so many chunks in a row everything else gets a chance. */
const BREATH = 256

/** Answers with a given list, one after the other. Source: autogen-ext `ReplayChatCompletionClient`. */
export class ReplayModel implements Model {
  readonly info: Info
  readonly #config: ReplayConfig
  readonly #prompts = new PromptCounter()
  #next = 0
  // Positions of calls that were aborted: their answers are still to be given, in order.
  readonly #returned: number[] = []

  constructor(config: ReplayConfig) {
    this.#config = config
    this.info = config.model_info ?? unknownInfo
  }

  create(request: ModelRequest, call: ModelCall): Promise<ModelResult> {
    if (call.signal.aborted) return Promise.reject(call.signal.reason)
    const position = this.#take()
    const given = this.#config.chat_completions[position]
    if (given === undefined) {
      this.#giveBack(position)
      return Promise.reject(valueError('No more mock responses available'))
    }
    const result = typeof given === 'string' ? this.#counted(given, request) : whole(given)
    const chunks = request.stream && call.onChunk && typeof given === 'string' ? pieces(given) : []
    const waits = this.#config.delay_ms || (this.#config.chunk_delay_ms && chunks.length > 1)
    if (waits || chunks.length > BREATH) {
      return this.#slowly(result, chunks, position, call)
    }
    for (const chunk of chunks) call.onChunk?.(chunk)
    return Promise.resolve(result)
  }

  replayed(): void {
    this.#take()
  }

  async #slowly(
    result: ModelResult,
    chunks: string[],
    position: number,
    call: ModelCall
  ): Promise<ModelResult> {
    const { delay_ms, chunk_delay_ms } = this.#config
    try {
      if (delay_ms) await sleep(delay_ms, call.signal)
      for (let i = 0; i < chunks.length; i++) {
        if (i > 0 && chunk_delay_ms) await sleep(chunk_delay_ms, call.signal)
        else if (i > 0 && i % BREATH === 0) await (call.yieldToOthers?.() ?? nextTick())
        call.signal.throwIfAborted()
        call.onChunk?.(chunks[i]!)
      }
      return result
    } catch (error) {
      this.#giveBack(position)
      throw error
    }
  }

  #counted(content: string, { messages }: ModelRequest): ModelResult {
    const usage = { prompt_tokens: this.#prompts.count(messages), completion_tokens: countWords(content) }
    return { finish_reason: 'stop', content, usage, cached: true, thought: null }
  }

  #take(): number {
    return this.#returned.shift() ?? this.#next++
  }

  #giveBack(position: number): void {
    if (position === this.#next - 1) this.#next--
    else this.#returned.push(position)
    this.#returned.sort((a, b) => a - b)
  }
}

const whole = ({ finish_reason, content, usage, cached, thought }: GivenResult): ModelResult => ({
  finish_reason,
  content,
  usage,
  cached,
  thought: thought ?? null
})

// AutoGen streams the words with one space between them, whatever white space stood there.
const pieces = (text: string) =>
  words(text).map((word, index, all) => (index < all.length - 1 ? `${word} ` : word))

/** The component type of replay models. */
export const replay: ComponentType<Model, ReplayConfig> = {
  provider: 'autogen_ext.models.replay.ReplayChatCompletionClient',
  kind: 'model',
  version: 1,
  description: 'Answers with a given list of texts or results, without a model.',
  config: () => ReplayConfig,
  create: (config) => new ReplayModel(config)
}
