import type { Usage } from '../../../machines/messages/index.ts'
import type { ShownMessage } from '../../../protocol/server-frames.ts'

/**
 * What the model calls behind some messages have used. Where there are records of the calls of an agent these count,
 * since they tell of calls that no message came from; else what its messages say.
 */
export class UsageTotal {
  readonly #recorded = new Map<string, Usage>()
  readonly #said = new Map<string, Usage>()

  /** Adds a message; true where it is the record of a model call, and nothing that was said. */
  add(message: ShownMessage): boolean {
    if (message.source === 'llm_call_event') {
      const record = recordIn((message as { content?: unknown }).content)
      if (record) add(this.#recorded, record.source, record.usage)
      return true
    }
    if (message.models_usage) add(this.#said, message.source, message.models_usage)
    return false
  }

  get total(): Usage {
    const counted = [...this.#said].filter(([source]) => !this.#recorded.has(source))
    const all = [...this.#recorded.values(), ...counted.map(([, usage]) => usage)]
    return all.reduce(sum, { prompt_tokens: 0, completion_tokens: 0 })
  }
}

const sum = (a: Usage, b: Usage): Usage => ({
  prompt_tokens: a.prompt_tokens + b.prompt_tokens,
  completion_tokens: a.completion_tokens + b.completion_tokens
})

const add = (to: Map<string, Usage>, source: string, usage: Usage): void =>
  void to.set(source, sum(to.get(source) ?? { prompt_tokens: 0, completion_tokens: 0 }, usage))

function recordIn(content: unknown): { source: string; usage: Usage } | undefined {
  try {
    const { agent_id, prompt_tokens, completion_tokens } = JSON.parse(String(content))
    const known = Number.isInteger(prompt_tokens) && Number.isInteger(completion_tokens)
    return known ? { source: String(agent_id), usage: { prompt_tokens, completion_tokens } } : undefined
  } catch {
    return undefined
  }
}
