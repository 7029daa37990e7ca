import type { Model, ModelCall, ModelInfo, ModelRequest, ModelResult } from '../runtime/models/model.ts'

/** One answer: a text, calls of tools, a failure, or a function of what is asked. */
export type ScriptLine =
  | string
  | { calls: readonly { name: string; arguments: object }[] }
  | Error
  | ((request: ModelRequest) => string | Promise<string>)

/** What a scripted model can do; by default all but structured output. */
export type ScriptedOptions = Partial<ModelInfo>

/** A model that says what is written down, one line for each call, and keeps what it was asked. */
export class ScriptedModel implements Model {
  readonly info: ModelInfo
  /** What it was asked so far. */
  readonly requests: ModelRequest[] = []
  readonly #lines: readonly ScriptLine[]
  #next = 0

  /**
   * @param lines the answers, in order
   * @param options what the model can do
   */
  constructor(lines: readonly ScriptLine[], options: ScriptedOptions = {}) {
    this.#lines = lines
    this.info = {
      ...{
        vision: true,
        function_calling: true,
        json_output: true,
        structured_output: false,
        family: 'unknown'
      },
      ...options
    }
  }

  /** How many lines are left. */
  get left(): number {
    return this.#lines.length - this.#next
  }

  /** @throws where the call is aborted, the line is an error, or no line is left */
  async create(request: ModelRequest, call: ModelCall): Promise<ModelResult> {
    call.signal.throwIfAborted()
    this.requests.push(request)
    const at = this.#next
    const line = this.#lines[at]
    if (line === undefined) throw new Error(`The script has ${at} lines, and is asked once more.`)
    this.#next++
    if (line instanceof Error) throw line
    const content =
      typeof line === 'function' ? await line(request) : typeof line === 'string' ? line : calls(line, at)
    if (request.stream && typeof content === 'string') call.onChunk?.(content)
    return {
      finish_reason: typeof content === 'string' ? 'stop' : 'function_calls',
      content,
      usage: { prompt_tokens: 1, completion_tokens: 1 },
      cached: false,
      thought: null
    }
  }

  /** A journaled answer is used again: the script goes on after it. */
  replayed(): void {
    this.#next++
  }
}

const calls = (line: Extract<ScriptLine, { calls: unknown }>, at: number) =>
  line.calls.map((call, i) => ({
    id: `call-${at}-${i}`,
    name: call.name,
    arguments: JSON.stringify(call.arguments)
  }))

/**
 * A model that says what is written down.
 *
 * @param lines the answers, in order
 * @param options what the model can do
 * @example
 * const model = scripted(['A lamp on the hill.', { calls: [{ name: 'lookup', arguments: { word: 'lamp' } }] }])
 */
export const scripted = (lines: readonly ScriptLine[], options: ScriptedOptions = {}): ScriptedModel =>
  new ScriptedModel(lines, options)
