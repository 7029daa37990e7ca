import type { FunctionCall } from '../../../machines/messages/index.ts'
import type { Progress } from '../../network/http-exchange.ts'
import { limits } from '../../shared/limits.ts'
import type { Answer } from '../service/service.ts'
import { BodyReader, parsed, type ReaderOptions } from '../wire/body-reader.ts'
import { errorIn, failureOf } from '../wire/error-in-answer.ts'
import { cutOff, tooLarge, unreadable } from '../wire/failures.ts'

/** A line of an answer, or a whole one, as far as it is looked at. */
interface Line {
  model?: string
  message?: {
    content?: string | null
    thinking?: string | null
    tool_calls?: { id?: string; function?: { name?: string; arguments?: unknown } | null }[] | null
  } | null
  done?: boolean
  done_reason?: string | null
  prompt_eval_count?: number
  eval_count?: number
}

/** Reads an answer of Ollama's `/api/chat`: lines of JSON, or one document. */
export class OllamaReader extends BodyReader {
  readonly #streams: boolean
  #rest = ''
  #text = ''
  #reasoning = ''
  #arguments = 0
  readonly #calls: FunctionCall[] = []
  #last: Line | undefined
  #model: string | undefined

  /** @param streams whether the answer was asked for in pieces */
  constructor(options: ReaderOptions, streams: boolean) {
    super(options)
    this.#streams = streams
  }

  protected override read(bytes: Buffer): Progress {
    if (!this.#streams) return this.keep(bytes)
    this.options.alive()
    const lines = (this.#rest + this.decode(bytes)).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim()) this.#line(line)
    return this.#last?.done ? 'complete' : 'more'
  }

  protected override complete(): Answer {
    const rest = this.#streams ? this.#rest + this.decodeEnd() : this.document()
    if (parsed(rest) === undefined) for (const line of rest.split('\n')) line.trim() && this.#line(line)
    else this.#line(rest)
    const last = this.#last
    if (!last) throw unreadable('', this.options.place, this.status)
    if (this.#streams && !last.done) throw cutOff(undefined, 0, this.options.place)
    return {
      text: this.#text,
      reasoning: this.#reasoning,
      calls: this.#calls,
      finish: finishOf(last, this.#calls.length > 0),
      usage: usageOf(last),
      model: this.#model,
      came: this.#streams ? undefined : last
    }
  }

  #line(text: string): void {
    const body = parsed(text)
    const { place } = this.options
    // An error in the midst of an answer stands in the stream.
    const error = errorIn(body)
    if (error) throw failureOf({ ...error, status: error.status ?? 500 }, place)
    const line = body as Line | undefined
    // Some servers end with a line that holds no message any more.
    if (typeof line?.message !== 'object' && line?.done !== true) throw unreadable(text, place, this.status)
    this.#last = line
    this.#model ??= line.model
    this.#take(line.message ?? {})
    if (this.#text.length + this.#reasoning.length + this.#arguments > limits.modelAnswer)
      throw tooLarge(place, limits.modelAnswer)
  }

  #take({ content, thinking, tool_calls }: NonNullable<Line['message']>): void {
    if (thinking) {
      this.#reasoning += thinking
      this.options.onReasoning?.(thinking)
    }
    if (content) {
      this.#text += content
      this.options.onText?.(content)
    }
    for (const { id, function: asked } of tool_calls ?? []) {
      const text = argumentsIn(asked?.arguments)
      this.#arguments += text.length
      // Calls have seldom names of their own there.
      const own = id || `call_${crypto.randomUUID()}`
      this.#calls.push({ id: own, name: asked?.name ?? '', arguments: text })
    }
  }
}

const argumentsIn = (given: unknown): string =>
  typeof given === 'string' ? given.trim() || '{}' : JSON.stringify(given ?? {})

function finishOf({ done_reason }: Line, called: boolean): Answer['finish'] {
  if (called) return 'function_calls'
  return done_reason === 'stop' || done_reason === 'length' ? done_reason : 'unknown'
}

const usageOf = ({ prompt_eval_count: prompt, eval_count: completion }: Line): Answer['usage'] =>
  prompt === undefined && completion === undefined
    ? undefined
    : { prompt_tokens: prompt ?? 0, completion_tokens: completion ?? 0 }
