import { z } from 'zod'
import { type ComponentType, make, type Nested } from '../../machines/component/component.ts'
import { ModelMessage } from '../../machines/messages/index.ts'
import { explain, TroupeError } from '../../protocol/errors.ts'

/** Gives the part of a history that is sent to a model; it does not change what it is given. */
export type Trim = (messages: readonly ModelMessage[]) => readonly ModelMessage[]

/** What an agent's model is to know of its past: everything is kept, and `trim` says what of it is sent. */
export interface ModelContext {
  /** All messages, oldest first, those that are not sent any more included. */
  readonly messages: readonly ModelMessage[]
  readonly trim: Trim
  append(messages: readonly ModelMessage[]): void
  /** What the model is given: of what was appended and of `news`, which is not appended by this. */
  toSend(news?: readonly ModelMessage[]): readonly ModelMessage[]
  /** Forgets everything, initial messages too. */
  clear(): void
  /** AutoGen's `ChatCompletionContextState`, as JSON. */
  saveState(): { messages: ModelMessage[] }
  /** Throws `bad_state`, and changes nothing, where the state is not a context's. */
  loadState(state: unknown): void
}

const State = z.looseObject({ messages: z.array(ModelMessage).default(() => []) })

class TrimmedContext implements ModelContext {
  readonly trim: Trim
  #messages: ModelMessage[]

  constructor(trim: Trim, initial: readonly ModelMessage[]) {
    this.trim = trim
    this.#messages = [...initial]
  }
  get messages(): readonly ModelMessage[] {
    return this.#messages
  }
  append(messages: readonly ModelMessage[]): void {
    for (const message of messages) this.#messages.push(message)
  }
  toSend(news: readonly ModelMessage[] = []): readonly ModelMessage[] {
    return this.trim([...this.#messages, ...news])
  }
  clear(): void {
    this.#messages = []
  }
  saveState(): { messages: ModelMessage[] } {
    return { messages: [...this.#messages] }
  }
  loadState(state: unknown): void {
    const parsed = State.safeParse(state)
    if (!parsed.success)
      throw new TroupeError('bad_state', 'The state of a model context is no list of messages.')
    this.#messages = parsed.data.messages
  }
}

/** What the config of every context may hold. */
export const initial = { initial_messages: z.array(ModelMessage).nullish() }

/** Declares a context as a component: its provider, its config, and what of a history is sent. */
export const defineContext = <Config extends { initial_messages?: ModelMessage[] | null }>(context: {
  provider: string
  description: string
  config(nested: Nested): z.ZodType<Config>
  trim(config: Config): Trim
}): ComponentType<ModelContext, Config> => {
  const { trim, ...rest } = context
  return {
    ...rest,
    kind: 'chat_completion_context',
    version: 1,
    create: (config) => new TrimmedContext(trim(config), config.initial_messages ?? [])
  }
}

/** Options that all contexts have in the library. */
export interface ContextOptions {
  initialMessages?: ModelMessage[]
}

/** Makes a context with its options in the words of its config. Throws `bad_component` where one is out of range. */
export const makeContext = <Config extends { initial_messages?: ModelMessage[] | null }>(
  type: ComponentType<ModelContext, Config>,
  config: Config,
  { initialMessages }: ContextOptions = {}
): ModelContext => {
  const given = initialMessages ? { ...config, initial_messages: initialMessages } : config
  const parsed = schemaOf(type).safeParse(given)
  if (!parsed.success) throw new TroupeError('bad_component', explain(parsed.error))
  return make(type, parsed.data)
}

// Each agent has a context, and to make a schema takes longer than to make the agent.
const schemas = new Map<object, z.ZodType>()

function schemaOf<Config extends object>(type: ComponentType<ModelContext, Config>): z.ZodType<Config> {
  const schema = (schemas.get(type) as z.ZodType<Config> | undefined) ?? type.config(asTheyAre)
  schemas.set(type, schema)
  return schema
}

// In the library what stands inside is made already.
const asTheyAre = (() => z.custom(() => true)) as unknown as Nested
