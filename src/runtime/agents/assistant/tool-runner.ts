import type { FunctionCall, FunctionResult, TeamMessage } from '../../../machines/messages/index.ts'
import type { EffectCall } from '../../contract/agent.ts'
import type { ToolSchema } from '../../models/model.ts'
import { limits } from '../../shared/limits.ts'
import { follow } from '../../shared/telemetry/activity.ts'
import { withinLimit } from '../../tools/run-tool.ts'
import type { ToolCall, ToolOutput, Workbench } from '../../tools/tool.ts'
import { type Handoff, handoffTool } from './handoff.ts'

/** The most calls that are under way at once, of all that a model asks for in one answer. */
const AT_ONCE = 64

/** The result of a call, and the messages inside it where the tool is an agent or a team. */
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

  /**
   * Makes all calls at once, though not more than 64; the results stand in the order of the calls. Each is made and
   * journaled on its own. The results are not larger than what is taken of all calls together.
   */
  async run(calls: readonly FunctionCall[], effect: EffectCall): Promise<Executed[]> {
    const results: Executed[] = []
    const room = { left: limits.toolResults }
    let next = 0
    const work = async () => {
      while (next < calls.length) {
        const index = next++
        const key = `${effect.idempotencyKey}:${index}`
        const call = { ...effect, idempotencyKey: key, seed: effect.idOf(`tool:${index}`) }
        results[index] = await effect.once(`tool:${index}`, () => this.#execute(calls[index]!, call, room))
        // Tools that never wait would hold the event loop for all of them.
        await effect.yieldToOthers?.()
      }
    }
    const workers = Array.from({ length: Math.min(calls.length, AT_ONCE) }, work)
    await Promise.all(workers).finally(() => {
      next = calls.length
    })
    return results
  }

  async #execute(
    call: FunctionCall,
    effect: ToolCall & EffectCall,
    room: { left: number }
  ): Promise<Executed> {
    const inner: TeamMessage[] = []
    const show = (message: TeamMessage) => {
      effect.show(message)
      if (message.type !== 'ModelClientStreamingChunkEvent') inner.push(message)
    }
    const activity = effect.activity?.tool(call)
    const output = await follow(activity, () => this.#make(call, { ...effect, show, activity }))
    const { content, isError } = withinLimit(output, call.name, Math.min(limits.toolResult, room.left))
    room.left -= content.length
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
