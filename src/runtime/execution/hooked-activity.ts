import type { RunHooks } from '../contract/hooks.ts'
import type {
  Activity,
  ActivityScope,
  ModelCallInfo,
  ModelCallResult,
  ToolCallInfo,
  ToolCallResult
} from '../shared/telemetry/activity.ts'

/** Something that hooks hear of, and another follower after them. */
abstract class Hooked<Result> implements Activity<Result> {
  protected readonly hooks: RunHooks
  protected readonly agent: string | null
  readonly #inner: Activity<Result>
  readonly #began = performance.now()

  constructor(hooks: RunHooks, inner: Activity<Result>, agent: string | null) {
    this.hooks = hooks
    this.agent = agent
    this.#inner = inner
  }

  protected get durationMs(): number {
    return performance.now() - this.#began
  }

  turn(agent: string): Activity {
    return new HookedTurn(this.hooks, this.#inner.turn(agent), agent)
  }
  model(call: ModelCallInfo): Activity<ModelCallResult> {
    return new HookedModelCall(this.hooks, this.#inner.model(call), this.agent, call)
  }
  tool(call: ToolCallInfo): Activity<ToolCallResult> {
    return new HookedToolCall(this.hooks, this.#inner.tool(call), this.agent, call)
  }
  ended(result: Result): void {
    this.tell(result)
    this.#inner.ended(result)
  }
  failed(error: unknown): void {
    this.tellFailed(error)
    this.#inner.failed(error)
  }

  protected tell(_result: Result): void {}
  protected tellFailed(_error: unknown): void {}
}

class HookedTurn extends Hooked<void> {}

class HookedModelCall extends Hooked<ModelCallResult> {
  readonly #call: ModelCallInfo

  constructor(hooks: RunHooks, inner: Activity<ModelCallResult>, agent: string | null, call: ModelCallInfo) {
    super(hooks, inner, agent)
    this.#call = call
  }

  protected override tell({ content, finish_reason, usage }: ModelCallResult): void {
    this.#tell({ result: { content, finish_reason, usage } })
  }
  protected override tellFailed(error: unknown): void {
    this.#tell({ error })
  }

  #tell(outcome: { result: ModelCallResult } | { error: unknown }): void {
    const { provider, model, request } = this.#call
    const { agent, durationMs } = this
    this.hooks.call('modelCall', { agent, provider, model, request, ...outcome, durationMs })
  }
}

class HookedToolCall extends Hooked<ToolCallResult> {
  readonly #call: ToolCallInfo

  constructor(hooks: RunHooks, inner: Activity<ToolCallResult>, agent: string | null, call: ToolCallInfo) {
    super(hooks, inner, agent)
    this.#call = call
  }

  protected override tell({ content, isError }: ToolCallResult): void {
    if (isError) return this.#tellError(content)
    const { agent, durationMs } = this
    this.hooks.call('toolCall', { agent, call: this.#call, result: content, durationMs })
  }
  protected override tellFailed(error: unknown): void {
    this.#tellError((error as Error)?.message ?? String(error))
  }

  #tellError(error: string): void {
    const { agent, durationMs } = this
    this.hooks.call('toolError', { agent, call: this.#call, error, durationMs })
  }
}

/** A scope whose calls of models and tools hooks hear of. */
export const hooked = (hooks: RunHooks, inner: ActivityScope): ActivityScope => ({
  turn: (agent) => new HookedTurn(hooks, inner.turn(agent), agent),
  model: (call) => new HookedModelCall(hooks, inner.model(call), null, call),
  tool: (call) => new HookedToolCall(hooks, inner.tool(call), null, call)
})
