import type { Metrics } from '../metrics/metrics.ts'
import type { Activity, ModelCallInfo, ModelCallResult, ToolCallInfo, ToolCallResult } from './activity.ts'
import { unfollowed } from './activity.ts'

/** An activity whose calls are counted, and which is passed on to another follower where there is one. */
export class CountedActivity implements Activity {
  readonly #metrics: Metrics
  readonly #inner: Activity

  constructor(metrics: Metrics, inner: Activity = unfollowed) {
    this.#metrics = metrics
    this.#inner = inner
  }

  turn(agent: string): Activity {
    const inner = this.#inner.turn(agent)
    // Without another observer all turns are counted alike.
    return inner === unfollowed ? this : new CountedActivity(this.#metrics, inner)
  }
  model(call: ModelCallInfo): Activity<ModelCallResult> {
    return new CountedModelCall(this.#metrics, call.provider, this.#inner.model(call))
  }
  tool(call: ToolCallInfo): Activity<ToolCallResult> {
    return new CountedToolCall(this.#metrics, this.#inner.tool(call))
  }
  ended(): void {
    this.#inner.ended()
  }
  failed(error: unknown): void {
    this.#inner.failed(error)
  }
}

/** One call, to which nothing is counted but what it comes to. */
abstract class CountedCall<Result> implements Activity<Result> {
  protected readonly metrics: Metrics
  readonly #inner: Activity<Result>

  constructor(metrics: Metrics, inner: Activity<Result>) {
    this.metrics = metrics
    this.#inner = inner
  }

  protected abstract count(outcome: 'ok' | 'error', result?: Result): void

  turn(agent: string): Activity {
    return new CountedActivity(this.metrics, this.#inner.turn(agent))
  }
  model(call: ModelCallInfo): Activity<ModelCallResult> {
    return new CountedModelCall(this.metrics, call.provider, this.#inner.model(call))
  }
  tool(call: ToolCallInfo): Activity<ToolCallResult> {
    return new CountedToolCall(this.metrics, this.#inner.tool(call))
  }
  ended(result: Result): void {
    this.count('ok', result)
    this.#inner.ended(result)
  }
  failed(error: unknown): void {
    this.count('error')
    this.#inner.failed(error)
  }
}

class CountedModelCall extends CountedCall<ModelCallResult> {
  readonly #provider: string
  readonly #began = performance.now()

  constructor(metrics: Metrics, provider: string, inner: Activity<ModelCallResult>) {
    super(metrics, inner)
    this.#provider = provider
  }

  protected count(outcome: 'ok' | 'error', result?: ModelCallResult): void {
    const { metrics } = this
    const provider = this.#provider
    metrics.modelCalls.add({ provider, outcome })
    metrics.modelSeconds.observe((performance.now() - this.#began) / 1000)
    if (!result) return
    metrics.tokens.add({ provider, kind: 'prompt' }, result.usage.prompt_tokens)
    metrics.tokens.add({ provider, kind: 'completion' }, result.usage.completion_tokens)
  }
}

class CountedToolCall extends CountedCall<ToolCallResult> {
  protected count(outcome: 'ok' | 'error', result?: ToolCallResult): void {
    this.metrics.toolCalls.add({ outcome: result?.isError ? 'error' : outcome })
  }
}
