import type { FunctionCall } from '../../../machines/messages/index.ts'
import type { Decision } from '../../../machines/shared/decision.ts'
import type { EffectCall } from '../../contract/agent.ts'
import { limits } from '../../shared/limits.ts'
import type { ToolOutput } from '../../tools/tool.ts'

/** How much of the arguments is in the prompt, in characters; all of them are in the question's call. */
const SHOWN = 2000

/** What a person has said to calls, by their place among those of the turn. */
export type Decisions = Readonly<Record<number, Decision>>

/** Asks a person, for each of the calls at `places`, whether it may be made. Each decision is journaled on its own. */
export async function askApproval(
  agent: string,
  calls: readonly FunctionCall[],
  places: readonly number[],
  effect: EffectCall
): Promise<Decisions> {
  const decide = async (place: number): Promise<[number, Decision]> => {
    const key = `approve:${place}`
    const call = calls[place]!
    const question = { requestId: effect.idOf(key), prompt: promptOf(agent, call), call }
    return [place, await effect.once(key, () => effect.approve(question))]
  }
  return Object.fromEntries(await Promise.all(places.map(decide)))
}

function promptOf(agent: string, { name, arguments: args }: FunctionCall): string {
  const shown = args.length > SHOWN ? `${args.slice(0, SHOWN)}…` : args
  return `${agent} wants to call ${name} with ${shown || 'no arguments'}. Approve?`
}

/** The tool result, for the model, of a call that a person did not approve. */
export function rejected(name: string, { reason }: Decision): ToolOutput {
  const content = `A person has not approved this call of ${name}: it was not made.`
  const why = reason?.slice(0, limits.toolResult)
  return { content: why ? `${content} The reason: ${why}` : content, isError: true }
}
