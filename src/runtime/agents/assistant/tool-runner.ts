import type { FunctionCall, FunctionResult, TeamMessage } from '../../../machines/messages/index.ts'
import type { Decision } from '../../../machines/shared/decision.ts'
import type { EffectCall } from '../../contract/agent.ts'
import type { ToolSchema } from '../../models/model.ts'
import { limits } from '../../shared/limits.ts'
import { follow } from '../../shared/telemetry/activity.ts'
import { withinLimit } from '../../tools/run-tool.ts'
import type { ToolCall, ToolOutput, Workbench } from '../../tools/tool.ts'
import { type Decisions, rejected } from './approval.ts'
import { type Handoff, handoffTool } from './handoff.ts'

/** The most calls that are under way at once, of all that a model asks for in one answer. */
const AT_ONCE = 64

/** The result of a call, and the messages inside it where the tool is an agent or a team. */
export type CallResult = FunctionResult & { inner?: readonly TeamMessage[] }

/** An agent's tools and handoffs: what a model is offered, and what is done when it calls. */
export class ToolRunner {
  readonly #workbenches: readonly Workbench[]
  readonly #handoffs: ReadonlyMap<string, Handoff>
  readonly #handoffTools: readonly ToolSchema[]
  readonly #approvals: ReadonlySet<string> | null

  /** `approvals`: the names of the tools of which a person has to approve every call; null for all. */
  constructor(
    workbenches: readonly Workbench[],
    handoffs: ReadonlyMap<string, Handoff>,
    approvals: ReadonlySet<string> | null
  ) {
    this.#workbenches = workbenches
    this.#approvals = approvals
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
   * journaled on its own. The results are not larger than what is taken of all calls together. Where a person has to
   * approve some of them and there are no `decisions` yet, none is made, and the result says which need one.
   */
  async run(
    calls: readonly FunctionCall[],
    effect: EffectCall,
    decisions?: Decisions
  ): Promise<CallResult[] | { toApprove: number[] }> {
    const toApprove = decisions ? [] : await this.#toApprove(calls, effect)
    if (toApprove.length > 0) return { toApprove }
    const results: CallResult[] = []
    const room = { left: limits.toolResults }
    let next = 0
    const work = async () => {
      while (next < calls.length) {
        const index = next++
        const key = `${effect.idempotencyKey}:${index}`
        const once: EffectCall['once'] = (step, run) => effect.keep(`tool:${index}/${step}`, run)
        const call = { ...effect, once, idempotencyKey: key, seed: effect.idOf(`tool:${index}`) }
        const { [index]: decision } = decisions ?? {}
        results[index] = await effect.once(`tool:${index}`, () =>
          this.#execute(calls[index]!, { ...call, decision }, room)
        )
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
    { decision, ...effect }: ToolCall & EffectCall & { decision: Decision | undefined },
    room: { left: number }
  ): Promise<CallResult> {
    const inner: TeamMessage[] = []
    if (decision?.approved === false) return resultOf(call, rejected(call.name, decision))
    const show = (message: TeamMessage) => {
      effect.show(message)
      if (message.type !== 'ModelClientStreamingChunkEvent') inner.push(message)
    }
    const activity = effect.activity?.tool(call)
    const output = await follow(activity, () => this.#make(call, { ...effect, show, activity }))
    const told = withinLimit(output, call.name, Math.min(limits.toolResult, room.left))
    room.left -= told.content.length
    const result = resultOf(call, told)
    return inner.length > 0 ? { ...result, inner } : result
  }

  async #make({ name, arguments: text }: FunctionCall, call: ToolCall): Promise<ToolOutput> {
    const args = argumentsOf(text)
    if (typeof args === 'string') return { content: args, isError: true }
    const handoff = this.#handoffs.get(name)
    if (handoff) return { content: handoff.message }
    const workbench = await this.#workbenchOf(name, call.signal)
    if (workbench) return workbench.callTool(name, args, call)
    return { content: `Error: tool '${name}' not found in any workbench`, isError: true }
  }

  async #workbenchOf(name: string, signal: AbortSignal): Promise<Workbench | undefined> {
    for (const workbench of this.#workbenches) {
      const tools = await workbench.listTools(signal)
      if (tools.some((tool) => tool.name === name)) return workbench
    }
    return undefined
  }

  /** The places of the calls that a person has to approve. One that comes to nothing anyhow needs no approval. */
  async #toApprove(calls: readonly FunctionCall[], effect: EffectCall): Promise<number[]> {
    if (this.#approvals?.size === 0 && !this.#workbenches.some(({ needsApproval }) => needsApproval))
      return []
    const needed = await Promise.all(calls.map((call) => this.#needsApproval(call, effect)))
    return needed.flatMap((isNeeded, place) => (isNeeded ? [place] : []))
  }

  async #needsApproval({ name, arguments: text }: FunctionCall, call: ToolCall): Promise<boolean> {
    const args = argumentsOf(text)
    if (typeof args === 'string' || this.#handoffs.has(name)) return false
    const workbench = await this.#workbenchOf(name, call.signal)
    if (!workbench) return false
    if (this.#approvals === null || this.#approvals.has(name)) return true
    return (await workbench.needsApproval?.(name, args, call)) ?? false
  }
}

const resultOf = ({ id, name }: FunctionCall, { content, isError }: ToolOutput): FunctionResult => ({
  ...{ content, name, call_id: id, is_error: isError ?? false }
})

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
