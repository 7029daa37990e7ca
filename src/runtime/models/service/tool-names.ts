import type { FunctionCall, ModelMessage } from '../../../machines/messages/index.ts'
import type { ModelRequest, ModelResult } from '../model.ts'

const LONGEST = 64
/** What every service takes: Gemini wants a letter or an underscore first. */
const PERMITTED = /^[A-Za-z_][\w-]{0,63}$/

/**
 * The names of a request's tools as services take them: letters, digits, `_` and `-`, at most 64. A tool such as
 * `docs.get` is offered as `docs_get`, and a call of it is led back.
 */
export class ToolNames {
  /** For names that are not permitted: what stands for them. */
  readonly #offered = new Map<string, string>()
  /** The names of the tools that are offered, by what they are offered as. */
  readonly #originals = new Map<string, string>()

  constructor({ tools = [], messages }: ModelRequest) {
    const names: string[] = []
    for (const { name } of tools) names.push(name)
    for (const { type, content } of messages) {
      if (type !== 'AssistantMessage' || typeof content === 'string') continue
      for (const { name } of content as FunctionCall[]) names.push(name)
    }
    for (const name of names) if (PERMITTED.test(name)) this.#originals.set(name, name)
    for (const name of names) if (!PERMITTED.test(name) && !this.#offered.has(name)) this.#offer(name)
  }

  /** The request with names that services take. */
  permitted(request: ModelRequest): ModelRequest {
    if (this.#offered.size === 0) return request
    return {
      ...request,
      tools: request.tools?.map((tool) => ({ ...tool, name: this.#name(tool.name) })),
      messages: request.messages.map((message) => this.#renamed(message))
    }
  }

  /** The result with the names of the tools that are meant. */
  ledBack(result: ModelResult): ModelResult {
    if (typeof result.content === 'string') return result
    return { ...result, content: result.content.map((call) => ({ ...call, name: this.#meant(call.name) })) }
  }

  #offer(name: string): void {
    const base = sanitized(name)
    let offered = base
    for (let count = 2; this.#originals.has(offered); count++) {
      const suffix = `_${count}`
      offered = base.slice(0, LONGEST - suffix.length) + suffix
    }
    this.#offered.set(name, offered)
    this.#originals.set(offered, name)
  }

  #name(name: string): string {
    return this.#offered.get(name) ?? name
  }

  #renamed(message: ModelMessage): ModelMessage {
    const { type, content } = message
    if (type === 'FunctionExecutionResultMessage')
      return { ...message, content: content.map((result) => ({ ...result, name: this.#name(result.name) })) }
    if (type !== 'AssistantMessage' || typeof content === 'string') return message
    return { ...message, content: content.map((call) => ({ ...call, name: this.#name(call.name) })) }
  }

  /** Models write names with what they have seen around them: `functions.add`, `add<|channel|>json`. */
  #meant(written: string): string {
    const known = (name: string) => (this.#offered.has(name) ? name : this.#originals.get(name))
    const bare = written.trim().replace(/<\|.*$/s, '')
    const last = bare.slice(Math.max(bare.lastIndexOf('.'), bare.lastIndexOf('/'), bare.lastIndexOf(':')) + 1)
    for (const name of [written, bare, sanitized(bare), last]) {
      const original = known(name)
      if (original !== undefined) return original
    }
    return sanitized(bare, '')
  }
}

/** Letters that are not permitted become underscores, as in AutoGen. */
function sanitized(name: string, first = '_'): string {
  const text = name.replace(/[^A-Za-z0-9_-]/g, '_')
  return (/^[A-Za-z_]/.test(text) ? text : first + text).slice(0, LONGEST)
}
