import type { FunctionCall, FunctionResult, TeamMessage } from '../../../machines/messages/index.ts'
import type { EffectCall } from '../../contract/agent.ts'
import type { ToolSchema } from '../../models/model.ts'
import type { ToolCall, ToolOutput, Workbench } from '../../tools/tool.ts'
import { type Handoff, handoffTool } from './handoff.ts'

/** What a call came to, and what was said in it where that was somebody's work. */
export type Executed = FunctionResult & { inner?: readonly TeamMessage[] }

/** An agent's tools and handoffs: what a model is offered, and what is done when it calls. */
export class ToolRunner {
  readonly #workbenches: readonly Workbench[]
  readonly #handoffs: ReadonlyMap<string, Handoff>
  readonly #handoffTools: readonly ToolSchema[]

  constructor(workbenches: readonly Workbench[], handoffs: ReadonlyMap<string, Handoff>) {
    this.#workbenches = workbenches
    this.#handoffs = handoffs
    this.#handoffTools = [...handoffs.values()].map(handoffTool)
  }

  async offer(signal: AbortSignal): Promise<readonly ToolSchema[]> {
    if (this.#workbenches.length === 0) return this.#handoffTools
    const lists = await Promise.all(this.#workbenches.map((workbench) => workbench.listTools(signal)))
    return [...lists.flat(), ...this.#handoffTools]
  }

  /** Makes all calls at once; the results stand in the order of the calls. Each is made and journaled on its own. */
  run(calls: readonly FunctionCall[], effect: EffectCall): Promise<Executed[]> {
    const results = calls.map((call, index) =>
      effect.once(`tool:${index}`, () =>
        this.#execute(call, { ...effect, idempotencyKey: `${effect.idempotencyKey}:${index}` })
      )
    )
    return Promise.all(results)
  }

  async #execute(call: FunctionCall, effect: EffectCall): Promise<Executed> {
    const inner: TeamMessage[] = []
    const show = (message: TeamMessage) => {
      effect.show(message)
      if (message.type !== 'ModelClientStreamingChunkEvent') inner.push(message)
    }
    const { content, isError } = await this.#make(call, { ...effect, show })
    const result = { content, name: call.name, call_id: call.id, is_error: isError ?? false }
    return inner.length > 0 ? { ...result, inner } : result
  }

  async #make({ name, arguments: text }: FunctionCall, call: ToolCall): Promise<ToolOutput> {
    const args = argumentsOf(text)
    if (typeof args === 'string') return { content: args, isError: true }
    const handoff = this.#handoffs.get(name)
    if (handoff) return { content: handoff.message }
    for (const workbench of this.#workbenches) {
      const tools = await workbench.listTools(call.signal)
      if (tools.some((tool) => tool.name === name)) return workbench.callTool(name, args, call)
    }
    return { content: `Error: tool '${name}' not found in any workbench`, isError: true }
  }
}

/** The arguments, or what is wrong with them. Nothing, `null` and an empty text stand for no arguments. */
function argumentsOf(text: string): Record<string, unknown> | string {
  let args: unknown
  try {
    args = text.trim() === '' ? {} : JSON.parse(text)
  } catch (error) {
    return `Error: ${(error as Error).message}`
  }
  if (!args || (Array.isArray(args) && args.length === 0)) return {}
  if (typeof args === 'object' && !Array.isArray(args)) return args as Record<string, unknown>
  return 'Error: the arguments are not a JSON object'
}
