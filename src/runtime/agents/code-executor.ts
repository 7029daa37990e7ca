import { z } from 'zod'
import { type ComponentType, type Nested, remember } from '../../machines/component/component.ts'
import type { ChatMessage } from '../../machines/messages/index.ts'
import type { Step } from '../../machines/participant.ts'
import { demandOptions } from '../../machines/shared/option-names.ts'
import { TroupeError } from '../../protocol/errors.ts'
import type { ModelContext } from '../contexts/context.ts'
import { unbounded } from '../contexts/unbounded.ts'
import type { Effect, Turn } from '../contract/agent.ts'
import type { Model } from '../models/model.ts'
import { ChatAgent } from '../team/chat-agent.ts'
import type { CodeExecutor } from './code-executor/executor.ts'
import { type Approve, type CodeParts, CodeTurn } from './code-executor/turn.ts'
import { AgentName } from './name.ts'

const Config = (nested: Nested) =>
  z.looseObject({
    name: AgentName,
    code_executor: nested<CodeExecutor>('code_executor'),
    model_client: nested<Model>('model').nullish(),
    description: z.string().nullish(),
    sources: z.array(z.string()).nullish(),
    system_message: z.string().nullish(),
    model_client_stream: z.boolean().default(false),
    model_context: nested<ModelContext>('chat_completion_context').nullish(),
    supported_languages: z.array(z.string()).min(1).nullish(),
    /** Ours: AutoGen has it in the library only, and passes over it here. */
    max_retries_on_error: z.int().nonnegative().default(0),
    /** A function, in the library only: it keeps `dump` from leaving it out silently. */
    approval_func: z.custom<Approve>((value) => typeof value === 'function').optional()
  })
type Config = z.infer<ReturnType<typeof Config>>

/** What an agent that runs code may be told in the library. */
export interface CodeExecutorOptions {
  codeExecutor: CodeExecutor
  /** Writes the code; without one the agent runs what others wrote. */
  model?: Model | null
  /** AutoGen's name of `model`. */
  modelClient?: Model | null
  description?: string | null
  /** Whose code it runs; everybody's, where it is not said. */
  sources?: readonly string[] | null
  /** The system message of its model. */
  instructions?: string | null
  /** AutoGen's name of `instructions`. */
  systemMessage?: string | null
  /** Whether the model's answers are shown while they are written. */
  stream?: boolean
  /** AutoGen's name of `stream`. */
  modelClientStream?: boolean
  modelContext?: ModelContext | null
  /** `python` and `sh`, where it is not said. */
  supportedLanguages?: readonly string[] | null
  /** How often the model may mend code that failed; for models with structured output. */
  maxRetriesOnError?: number
  /** Looks at code before it runs; an agent with one cannot be written as JSON. */
  approve?: Approve
}

const usual =
  'You write Python code and shell scripts, in blocks that begin with ```python or ```sh. They are run.'
const State = z.looseObject({ llm_context: z.unknown().optional() })

/** Runs code that others or its own model wrote. */
export class CodeExecutorAgent extends ChatAgent {
  readonly name: string
  readonly description: string
  readonly opening: Step
  readonly handsOff = false
  readonly #parts: CodeParts

  /** Throws `unknown_option`, and where its model cannot do what is asked of it. */
  constructor(options: { name: string } & CodeExecutorOptions)
  constructor(name: string, options: CodeExecutorOptions)
  constructor(first: string | ({ name: string } & CodeExecutorOptions), second?: CodeExecutorOptions) {
    super()
    const { name, ...given } = typeof first === 'string' ? { name: first, ...second! } : first
    demandOptions('CodeExecutorAgent', given, names)
    const options = inOldWords(given)
    const {
      modelClient: model = null,
      maxRetriesOnError: retries = 0,
      approve,
      systemMessage = usual
    } = options
    if (retries > 0 && !model?.info.structured_output)
      throw new Error('A model that supports structured output is needed to mend code that failed.')
    this.name = AgentName.parse(name)
    this.description =
      options.description ?? (model ? 'Writes code and runs it.' : 'Runs code that others write.')
    this.opening = model ? 'askModel' : 'runTools'
    this.#parts = {
      ...{ name, model, retries, systemMessage, approve: approve ?? null },
      executor: options.codeExecutor,
      streams: options.modelClientStream ?? false,
      context: options.modelContext ?? unbounded(),
      languages: options.supportedLanguages ?? ['python', 'sh'],
      sources: options.sources ?? null
    }
    remember(codeExecutorAgent, configOf(name, options, systemMessage), this)
  }

  *respond(heard: readonly ChatMessage[], turn: Turn): Generator<Effect, ChatMessage, unknown> {
    const script = new CodeTurn(this.#parts, heard, turn)
    const reply = yield* script.play()
    this.#parts.context.append(script.news)
    return reply
  }

  reset(): void {
    this.#parts.context.clear()
  }
  /** Gives back what the agent holds of the world. */
  override async close(): Promise<void> {
    this.#parts.model?.close?.()
    await this.#parts.executor.stop()
  }
  /** AutoGen keeps nothing here; the context is an extra key, which it passes over. */
  saveState(): Record<string, unknown> {
    return { type: 'BaseState', version: '1.0.0', llm_context: this.#parts.context.saveState() }
  }
  loadState(state: unknown): void {
    const parsed = State.safeParse(state)
    if (!parsed.success)
      throw new TroupeError(
        'bad_state',
        `The state of agent "${this.name}" is not that of one that runs code.`
      )
    if (parsed.data.llm_context !== undefined) this.#parts.context.loadState(parsed.data.llm_context)
  }
}

const names: readonly (keyof CodeExecutorOptions)[] = [
  ...(['codeExecutor', 'model', 'modelClient', 'description', 'sources', 'instructions'] as const),
  ...(['systemMessage', 'stream', 'modelClientStream', 'modelContext', 'supportedLanguages'] as const),
  ...(['maxRetriesOnError', 'approve'] as const)
]

/** The options under the names that AutoGen has for them. */
const inOldWords = ({
  model,
  instructions,
  stream,
  ...options
}: CodeExecutorOptions): CodeExecutorOptions => ({
  ...options,
  ...(model !== undefined && { modelClient: model }),
  ...(instructions !== undefined && { systemMessage: instructions }),
  ...(stream !== undefined && { modelClientStream: stream })
})

const configOf = (name: string, options: CodeExecutorOptions, systemMessage: string | null): Config => ({
  name,
  code_executor: options.codeExecutor,
  model_client: options.modelClient,
  description: options.description,
  sources: options.sources && [...options.sources],
  system_message: systemMessage,
  model_client_stream: options.modelClientStream ?? false,
  model_context: options.modelContext,
  supported_languages: options.supportedLanguages && [...options.supportedLanguages],
  max_retries_on_error: options.maxRetriesOnError ?? 0,
  ...(options.approve && { approval_func: options.approve })
})

/** The component type of agents that run code. */
export const codeExecutorAgent: ComponentType<CodeExecutorAgent, Config> = {
  provider: 'autogen_agentchat.agents.CodeExecutorAgent',
  kind: 'agent',
  version: 1,
  description: 'Runs code that others or its own model wrote.',
  config: Config,
  create: (config) =>
    new CodeExecutorAgent(config.name, {
      codeExecutor: config.code_executor,
      modelClient: config.model_client,
      description: config.description,
      sources: config.sources,
      systemMessage: config.system_message ?? null,
      modelClientStream: config.model_client_stream,
      modelContext: config.model_context,
      supportedLanguages: config.supported_languages,
      maxRetriesOnError: config.max_retries_on_error
    })
}
