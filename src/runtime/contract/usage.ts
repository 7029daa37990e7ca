import { originOf } from '../../machines/component/component.ts'
import type { Usage } from '../../machines/messages/index.ts'
import type { Model } from '../models/model.ts'

/** What the model calls of a run have used. */
export interface RunUsage extends Usage {
  /** Prompt and completion tokens together. */
  total_tokens: number
  /** How many calls were answered. */
  calls: number
}

/** What one model call has used, and which model that was. */
export interface Spending {
  usage: Usage
  /** The model's name, `gpt-4o-mini`; null where it is not known. */
  model: string | null
  /** The kind of its client, `OpenAIChatCompletionClient`; null where it is not known. */
  client: string | null
}

/** Adds up what the model calls of one run use. */
export class UsageMeter {
  readonly #total: RunUsage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0, calls: 0 }

  /** What was used so far. */
  get total(): RunUsage {
    return { ...this.#total }
  }

  add({ usage: { prompt_tokens, completion_tokens } }: Spending): void {
    this.#total.prompt_tokens += prompt_tokens
    this.#total.completion_tokens += completion_tokens
    this.#total.total_tokens += prompt_tokens + completion_tokens
    this.#total.calls++
  }
}

/** What a call to a model has used; undefined where its answer does not say it. */
export function spendingOf(model: Model, answer: unknown): Spending | undefined {
  const usage = (answer as { usage?: Usage } | null)?.usage
  if (!usage) return undefined
  const origin = originOf(model)
  const { model: name = null } = (origin?.config ?? {}) as { model?: string }
  const provider = origin?.type.provider ?? null
  return { usage, model: name, client: provider?.slice(provider.lastIndexOf('.') + 1) ?? null }
}
