import type { Usage } from '../../../machines/messages/index.ts'
import { limits } from '../../shared/limits.ts'
import type { ModelResult } from '../model.ts'
import type { Answer } from '../service/service.ts'
import type { ReaderOptions } from '../wire/body-reader.ts'
import { errorIn, failureOf } from '../wire/error-in-answer.ts'
import { cutOff, tooLarge, unusable } from '../wire/failures.ts'
import { failedFinish, finishReason } from './finish-reason.ts'
import { type ToolCallPiece, ToolCallPieces } from './tool-call-pieces.ts'

/** A message, or a piece of one, as far as it is looked at. */
interface Message {
  content?: unknown
  reasoning_content?: unknown
  reasoning?: unknown
  reasoning_details?: unknown
  refusal?: unknown
  tool_calls?: unknown
  function_call?: unknown
}
interface Choice {
  index?: unknown
  message?: Message | null
  delta?: Message | null
  text?: unknown
  finish_reason?: unknown
  usage?: unknown
}
interface Body {
  id?: unknown
  model?: unknown
  choices?: unknown
  usage?: unknown
  x_groq?: { usage?: unknown } | null
}

/** An answer of OpenAI's chat completions, whole or chunk by chunk, whatever accent the server has. */
export class ChatAnswer {
  readonly #options: ReaderOptions
  readonly #calls: ToolCallPieces
  #text = ''
  #reasoning = ''
  #refusal = ''
  #finish: string | undefined
  #usage: Usage | undefined
  #id: string | undefined
  #model: string | undefined
  #legacyCall = false
  /** Whether there was any choice. */
  #begun = false

  /** @param offered the names of the tools that were offered */
  constructor(options: ReaderOptions, offered: ReadonlySet<string>) {
    this.#options = options
    this.#calls = new ToolCallPieces(offered)
  }

  /** Whether the server has said why the answer ended: only usage may follow. */
  get hasEnd(): boolean {
    return this.#finish !== undefined
  }

  /** Whether anything came that belongs to an answer. */
  get hasBegun(): boolean {
    return this.#begun
  }

  /** Takes a chunk of a stream, or a whole answer. Throws where it tells an error. */
  add(body: unknown): void {
    const error = errorIn(body)
    if (error) throw failureOf(error, this.#options.place)
    if (typeof body !== 'object' || body === null) return
    const { id, model, choices, usage, x_groq } = body as Body
    if (typeof id === 'string' && id) this.#id ??= id
    if (typeof model === 'string' && model) this.#model ??= model
    this.#count(usage ?? x_groq?.usage)
    if (!Array.isArray(choices)) return
    for (const choice of choices) if (choice) this.#choose(choice)
  }

  /**
   * The answer, complete.
   *
   * @param isDone whether the server has said that nothing follows
   * @throws ModelError where it is not complete or cannot be used
   */
  end(isDone: boolean): Answer {
    const { place } = this.#options
    if (!isDone && this.#finish === undefined) throw cutOff(undefined, 0, place)
    const failure = failedFinish(this.#finish ?? '')
    const calls = this.#calls.done()
    if (failure) throw unusable(failure, place, true)
    if (this.#legacyCall && calls.length === 0)
      throw unusable('function_call is deprecated and is not supported by this model client.', place)
    return {
      // A refusal is what the model says instead.
      text: this.#text || this.#refusal,
      reasoning: this.#reasoning,
      calls,
      finish: this.#text === '' && this.#refusal !== '' ? 'content_filter' : this.#reason(),
      usage: this.#usage,
      id: this.#id,
      model: this.#model
    }
  }

  #reason(): ModelResult['finish_reason'] {
    return this.#finish === undefined ? 'unknown' : finishReason(this.#finish)
  }

  #choose(choice: Choice): void {
    // Where several answers were asked for, the first one counts.
    if (Number(choice.index ?? 0) > 0) return
    this.#begun = true
    this.#count(choice.usage)
    if (choice.delta) this.#piece(choice.delta)
    else if (choice.message) this.#whole(choice.message)
    else if (typeof choice.text === 'string') this.#say(choice.text)
    const { finish_reason } = choice
    if (typeof finish_reason === 'string' && finish_reason) this.#finish = finish_reason
  }

  #piece(message: Message): void {
    this.#words(message)
    if (Array.isArray(message.tool_calls)) this.#calls.pieces(message.tool_calls.filter(isCall))
    if (message.function_call) this.#legacyCall = true
    this.#measure()
  }

  #whole(message: Message): void {
    // Some servers end a stream with all of it once more.
    if (this.#text === '' && this.#reasoning === '') this.#words(message)
    if (Array.isArray(message.tool_calls) && this.#calls.isEmpty)
      this.#calls.whole(message.tool_calls.filter(isCall))
    if (message.function_call) this.#legacyCall = true
    this.#measure()
  }

  #words(message: Message): void {
    const reasoning = reasoningIn(message)
    if (reasoning !== '') this.#think(reasoning)
    const { content } = message
    if (typeof content === 'string') this.#say(content)
    else if (Array.isArray(content)) for (const part of content) this.#part(part)
    if (typeof message.refusal === 'string' && message.refusal) this.#refuse(message.refusal)
  }

  /** Mistral's servers, among others, answer in parts. */
  #part(part: unknown): void {
    if (typeof part === 'string') return this.#say(part)
    const { type, text, thinking } = (part ?? {}) as { type?: unknown; text?: unknown; thinking?: unknown }
    if (type === 'thinking' || type === 'reasoning') this.#think(textIn(thinking ?? text))
    else this.#say(textIn(text))
  }

  #say(text: string): void {
    if (text === '') return
    this.#text += text
    this.#options.onText?.(text)
  }

  #think(text: string): void {
    if (text === '') return
    this.#reasoning += text
    this.#options.onReasoning?.(text)
  }

  #refuse(text: string): void {
    this.#refusal += text
    if (this.#text === '') this.#options.onText?.(text)
  }

  #count(usage: unknown): void {
    if (typeof usage !== 'object' || usage === null) return
    const counted = usage as Record<string, unknown>
    const prompt = countOf(counted.prompt_tokens ?? counted.input_tokens)
    const completion = countOf(counted.completion_tokens ?? counted.output_tokens)
    if (prompt === undefined && completion === undefined) return
    this.#usage = { prompt_tokens: prompt ?? 0, completion_tokens: completion ?? 0 }
  }

  #measure(): void {
    const size = this.#text.length + this.#reasoning.length + this.#refusal.length + this.#calls.length
    if (size > limits.modelAnswer) throw tooLarge(this.#options.place, limits.modelAnswer)
  }
}

const isCall = (call: unknown): call is ToolCallPiece => typeof call === 'object' && call !== null

/** What a model thinks, under the names that servers use for it. */
function reasoningIn({ reasoning_content, reasoning, reasoning_details }: Message): string {
  if (typeof reasoning_content === 'string' && reasoning_content) return reasoning_content
  if (typeof reasoning === 'string' && reasoning) return reasoning
  return Array.isArray(reasoning_details) ? reasoning_details.map((part) => textIn(part?.text)).join('') : ''
}

/** A text, or the texts in a list of parts. */
function textIn(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map((part) => textIn(part?.text ?? part)).join('')
  return ''
}

function countOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  const count = Math.round(Number(value))
  return count >= 0 ? count : undefined
}
