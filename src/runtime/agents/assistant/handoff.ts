import { z } from 'zod'
import type {
  Draft,
  FunctionCall,
  FunctionResult,
  HandoffMessage,
  ModelMessage
} from '../../../machines/messages/index.ts'
import type { ModelResult, ToolSchema } from '../../models/model.ts'
import { AgentName } from '../name.ts'

const Text = z.string().nullish()

/** A handoff as a config gives it: the target's name, or an object. Source: autogen `Handoff`. */
export const HandoffConfig = z.union([
  z.string().min(1),
  z.looseObject({
    target: z.string().min(1),
    /** The name of the tool that the model calls; an identifier. */
    name: z.union([z.literal(''), AgentName]).nullish(),
    description: Text,
    /** The message to the target. */
    message: Text
  })
])
export type HandoffConfig = z.infer<typeof HandoffConfig>

/** A handoff with all that was left open filled in. */
export interface Handoff {
  target: string
  name: string
  description: string
  message: string
}

/** Fills in what a config leaves open. */
export function handoffOf(config: HandoffConfig): Handoff {
  const { target, name, description, message } =
    typeof config === 'string' ? ({ target: config } as Partial<Handoff> & { target: string }) : config
  return {
    target,
    name: name || `transfer_to_${target}`.toLowerCase(),
    description: description || `Handoff to ${target}.`,
    message: message || `Transferred to ${target}, adopting the role of ${target} immediately.`
  }
}

/** A handoff as the tool that a model calls. */
export const handoffTool = ({ name, description }: Handoff): ToolSchema => ({
  name,
  description,
  parameters: { type: 'object', properties: {}, required: [], additionalProperties: false },
  strict: true
})

/** Calls and their results, in the order in which the model made them. */
export type Executed = readonly (readonly [call: FunctionCall, result: FunctionResult])[]

/** The message that hands over, where the model has asked for that; only its first handoff counts. */
export function handoffMessage(
  source: string,
  executed: Executed,
  thought: ModelResult['thought'],
  handoffs: ReadonlyMap<string, Handoff>
): Draft<HandoffMessage> | undefined {
  const chosen = executed.map(([call]) => handoffs.get(call.name)).find((handoff) => handoff !== undefined)
  if (!chosen) return undefined
  const results = executed.filter(([call]) => call.name === chosen.name)
  return {
    type: 'HandoffMessage',
    source,
    content: results.at(-1)?.[1].content ?? chosen.message,
    target: chosen.target,
    context: contextOf(
      source,
      executed.filter(([call]) => !handoffs.has(call.name)),
      thought
    )
  }
}

// What else was done in the same breath goes along, or else the one who takes over would not know of it.
function contextOf(source: string, others: Executed, thought: ModelResult['thought']): ModelMessage[] {
  if (others.length > 0) {
    return [
      { type: 'AssistantMessage', source, content: others.map(([call]) => call), thought },
      { type: 'FunctionExecutionResultMessage', content: others.map(([, result]) => result) }
    ]
  }
  return thought ? [{ type: 'AssistantMessage', source, content: thought, thought: null }] : []
}
