import type { z } from 'zod'
import { type Definition, definition } from '../../machines/component/define.ts'
import type { ChatMessage, MessageType } from '../../machines/messages/index.ts'
import { FunctionAgent, type WorkFunction, type WorkTurn } from '../agents/function-agent.ts'
import { AgentName } from '../agents/name.ts'
import { withFields } from './fields.ts'

/** What makes a kind of agent of one's own. */
export interface AgentDefinition<Shape extends z.ZodRawShape, State> {
  /** The name under which configs find it: `my.agents.Echo`. */
  provider: string
  description?: string
  /** The schema of its config, without the agent's name, which every agent has. */
  config?: z.ZodObject<Shape>
  /** What the state of each agent is at first and after a reset: JSON. */
  initialState?: State
  /** Types of its messages that are not built in. */
  messageTypes?: readonly MessageType[]
  /** Answers the messages since the last turn with a text or a message; a generator yields events on its way. */
  work(
    messages: readonly ChatMessage[],
    turn: WorkTurn<State>,
    config: z.output<z.ZodObject<Shape>>
  ): ReturnType<WorkFunction<State>>
}

/** How an agent of one's own kind is made: its name, a description, and what its config wants. */
export type AgentGiven<Shape extends z.ZodRawShape> = z.input<z.ZodObject<Shape>> & {
  name: string
  description?: string
}

/**
 * Declares a kind of agent as a component. Called with a name and its config, it makes such an agent; registered, it lets
 * configs name it.
 */
export function defineAgent<Shape extends z.ZodRawShape = z.ZodRawShape, State = Record<string, unknown>>(
  given: AgentDefinition<Shape, State>
): Definition<FunctionAgent<State>, object, AgentGiven<Shape>> {
  const { provider, description = `An agent of the kind "${provider}".`, work, ...options } = given
  return definition<FunctionAgent<State>, object, AgentGiven<Shape>>({
    provider,
    kind: 'agent',
    version: 1,
    description,
    config: () => withFields(given.config, { name: AgentName }),
    create(config) {
      const { name, description: own = description } = config as { name: string; description?: string }
      return new FunctionAgent<State>({
        ...{ name, description: own },
        ...{ initialState: options.initialState, messageTypes: options.messageTypes },
        work: (messages, turn) => work(messages, turn, config as z.output<z.ZodObject<Shape>>)
      })
    }
  })
}
