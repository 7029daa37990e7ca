import { z } from 'zod'
import { type ComponentType, remember } from '../../machines/component/component.ts'
import type { ChatMessage, MessageType } from '../../machines/messages/index.ts'
import type { Step } from '../../machines/participant.ts'
import { TroupeError } from '../../protocol/errors.ts'
import type { Effect, Turn } from '../contract/agent.ts'
import { ChatAgent } from '../team/chat-agent.ts'
import { AssistantConfig } from './assistant/config.ts'
import { type AssistantOptions, configOf } from './assistant/options.ts'
import { type AssistantParts, partsOf } from './assistant/parts.ts'
import { AssistantTurn } from './assistant/turn.ts'

const State = z.looseObject({ llm_context: z.record(z.string(), z.unknown()) })

export type { AssistantOptions, AssistantSettings } from './assistant/options.ts'

/** An assistant's config whose parts are loaded, among its options. */
const loaded = Symbol('config')

/** Answers with a model, which may use tools, remember, and hand over to others. */
export class AssistantAgent<Output = string, Context = unknown> extends ChatAgent<Output, Context> {
  readonly name: string
  readonly description: string
  readonly opening: Step
  /** The types of its messages that are not built in. */
  readonly messageTypes: readonly MessageType[]
  /** What its config says about it; nothing here depends on it. */
  readonly metadata: Readonly<Record<string, string>>
  readonly handoffTargets: readonly string[]
  readonly #parts: AssistantParts

  /** Throws `unknown_option` or `bad_component`, and where its parts do not go together. */
  constructor(options: { name: string } & AssistantOptions<Output, Context>)
  constructor(name: string, options: AssistantOptions<Output, Context>)
  constructor(
    first: string | ({ name: string } & AssistantOptions<Output, Context>),
    second?: AssistantOptions<Output, Context> & { [loaded]?: AssistantConfig }
  ) {
    super()
    const [name, options] = typeof first === 'string' ? [first, second!] : [first.name, first]
    const config = second?.[loaded] ?? configOf(name, options as AssistantOptions)
    const parts = partsOf(config)
    this.name = config.name
    this.description = config.description
    this.opening = parts.memories.length > 0 ? 'recall' : 'askModel'
    this.messageTypes = parts.structure ? [parts.structure.messageType] : []
    this.metadata = config.metadata ?? {}
    this.handoffTargets = [...parts.handoffs.values()].map(({ target }) => target)
    this.#parts = parts
    remember(assistantAgent, config, this as unknown as AssistantAgent)
  }

  *respond(heard: readonly ChatMessage[], turn: Turn): Generator<Effect, ChatMessage, unknown> {
    const script = new AssistantTurn(this.#parts, heard, turn)
    const reply = yield* script.play()
    this.#parts.context.append(script.news)
    return reply
  }

  reset(): void {
    this.#parts.context.clear()
  }

  /** Gives back what the agent holds of the world: its model's and its tools' connections. */
  override async close(): Promise<void> {
    this.#parts.model.close?.()
    await Promise.all(this.#parts.workbenches.map((workbench) => workbench.stop()))
  }

  saveState(): Record<string, unknown> {
    return { type: 'AssistantAgentState', version: '1.0.0', llm_context: this.#parts.context.saveState() }
  }
  loadState(state: unknown): void {
    const parsed = State.safeParse(state)
    if (!parsed.success)
      throw new TroupeError('bad_state', `The state of agent "${this.name}" is not an assistant's.`)
    this.#parts.context.loadState(parsed.data.llm_context)
  }
}

/** The component type of assistants. */
export const assistantAgent: ComponentType<AssistantAgent, AssistantConfig> = {
  provider: 'autogen_agentchat.agents.AssistantAgent',
  kind: 'agent',
  version: 2,
  description: 'Answers with a model, which may use tools.',
  config: AssistantConfig,
  create: (config) =>
    new AssistantAgent(config.name, { [loaded]: config } as unknown as AssistantOptions<string>)
}

const coder =
  'You write code to solve the task: whole programs in fenced blocks that name their language, Python or sh, which ' +
  'somebody else runs as they are. Print what is to be seen. Read what a run has printed before you go on, mend what ' +
  'went wrong, and say in words what the answer is once you know it.'

/** AutoGen's coder of MagenticOne: an assistant whose system message is set. */
export const magenticOneCoder: ComponentType<AssistantAgent, AssistantConfig> = {
  ...assistantAgent,
  provider: 'autogen_ext.agents.magentic_one.MagenticOneCoderAgent',
  description: 'Writes code.',
  config: (nested) => {
    const fields = AssistantConfig(nested)
    return fields.extend({
      description: fields.shape.description.unwrap().default('Writes code in Python and for the shell.'),
      system_message: z.string().nullish().default(coder)
    })
  }
}
