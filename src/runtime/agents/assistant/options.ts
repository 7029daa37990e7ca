import { z } from 'zod'
import type { Nested } from '../../../machines/component/component.ts'
import { demandOptions } from '../../../machines/shared/option-names.ts'
import { explain, TroupeError } from '../../../protocol/errors.ts'
import type { ModelContext } from '../../contexts/context.ts'
import type { Memory } from '../../memory/memory.ts'
import type { Model } from '../../models/model.ts'
import type { Tool, Workbench } from '../../tools/tool.ts'
import { AssistantConfig } from './config.ts'
import type { HandoffConfig } from './handoff.ts'
import { type RetryOptions, retryOptionNames } from './retry.ts'
import { structured } from './structured.ts'
import type { Summarize } from './summary.ts'

/** The zod schema of an object: `z.object({ … })`. */
export type ObjectSchema<Output> = z.ZodType<Output> & { readonly shape: Readonly<Record<string, unknown>> }

/** What an assistant may be told besides its model; each option that AutoGen has goes by its name too. */
export interface AssistantSettings<Output = unknown, Context = unknown> {
  /** The system message of the model; a usual one by default, `null` is none. */
  instructions?: string | null
  /** AutoGen's name of `instructions`. */
  systemMessage?: string | null
  /** What the model may have done. Not together with a workbench. */
  tools?: readonly Tool<Context>[]
  /** One or several sets of tools, such as those of an MCP server. */
  workbench?: Workbench | readonly Workbench[]
  /** Names of those to whom it may hand over, or more about each. */
  handoffs?: readonly HandoffConfig[]
  /** What of the past the model is sent; all of it unless told. */
  modelContext?: ModelContext
  memory?: readonly Memory[]
  /** What others are told of this agent. */
  description?: string
  /** Whether the answer is shown while it is written; not unless told. */
  stream?: boolean
  /** AutoGen's name of `stream`. */
  modelClientStream?: boolean
  /** Whether the model is asked once more after tools have run; where not, their results are the answer. */
  reflectOnToolUse?: boolean
  /** How often in a turn the model may call tools: at least 1, which is usual. */
  maxToolIterations?: number
  /** A line for each result, `{tool_name}`, `{arguments}`, `{result}` and `{is_error}` filled in: `{result}` unless told. */
  toolCallSummaryFormat?: string
  /** Goes before the format; an assistant with one cannot be written as JSON. */
  toolCallSummaryFormatter?: Summarize
  /** The shape of the answer, which is a `StructuredMessage` then. */
  outputType?: ObjectSchema<Output>
  /** AutoGen's name of `outputType`. */
  outputContentType?: ObjectSchema<Output>
  /** How people read such an answer: `{city} has {size}`. */
  outputContentTypeFormat?: string
  /**
   * Which tool calls a person has to approve before they are made: all (`true`), or those of the tools that are named.
   * A tool may ask for that itself (`tool({ needsApproval })`).
   */
  requiresApproval?: boolean | readonly string[]
  /**
   * Asks the model again where a call fails or its answer does not fit `outputType`: so often, each time after so many
   * milliseconds. Tools are not called again. What is refused for good, such as a wrong key, is not asked again.
   */
  retry?: RetryOptions
  /** What its config says about it; nothing here depends on it. */
  metadata?: Record<string, string>
}

/** The options of an assistant: its model, under either name, and all else. */
export type AssistantOptions<Output = unknown, Context = unknown> = AssistantSettings<Output, Context> &
  ({ model: Model; modelClient?: never } | { modelClient: Model; model?: never })

const names: readonly (keyof AssistantOptions | 'name')[] = [
  ...(['name', 'model', 'modelClient', 'instructions', 'systemMessage', 'tools', 'workbench'] as const),
  ...(['handoffs', 'modelContext', 'memory', 'description', 'stream', 'modelClientStream'] as const),
  ...(['reflectOnToolUse', 'maxToolIterations', 'toolCallSummaryFormat', 'outputType'] as const),
  ...(['toolCallSummaryFormatter', 'outputContentType', 'outputContentTypeFormat', 'metadata'] as const),
  'requiresApproval',
  'retry'
]

const usual = 'You are a helpful assistant. Use your tools where they help. When all is done, say TERMINATE.'

// In the library the nested things are things already.
const asGiven: Nested = () => z.custom((thing) => typeof thing === 'object' && thing !== null) as never
const Config = AssistantConfig(asGiven)

/** The options in the words of a config. Throws `unknown_option`, and `bad_component` where one does not fit. */
export function configOf(name: string, options: AssistantOptions): AssistantConfig {
  demandOptions('AssistantAgent', options, names)
  const { workbench, retry } = options
  if (retry) demandOptions('retry', retry, retryOptionNames)
  const type = oneOf(options, 'outputType', 'outputContentType')
  const message = oneOf(options, 'instructions', 'systemMessage')
  const parsed = Config.safeParse({
    name,
    model_client: oneOf(options, 'model', 'modelClient'),
    tools: options.tools,
    workbench: workbench && [workbench].flat(),
    handoffs: options.handoffs,
    model_context: options.modelContext,
    memory: options.memory,
    description: options.description,
    system_message: message === undefined ? usual : message,
    model_client_stream: oneOf(options, 'stream', 'modelClientStream'),
    reflect_on_tool_use: options.reflectOnToolUse,
    max_tool_iterations: options.maxToolIterations,
    tool_call_summary_format: options.toolCallSummaryFormat,
    tool_call_summary_formatter: options.toolCallSummaryFormatter,
    metadata: options.metadata,
    requires_approval: options.requiresApproval,
    retry: retry && { times: retry.times, delay_ms: retry.delayMs },
    structured_message_factory: type && structured(type, options.outputContentTypeFormat)
  })
  if (!parsed.success) throw new TroupeError('bad_component', explain(parsed.error))
  return parsed.data
}

/** An option that goes by two names. */
function oneOf<Name extends keyof AssistantOptions>(
  options: AssistantOptions,
  ...[name, other]: [Name, Name]
): AssistantOptions[Name] {
  if (options[name] !== undefined && options[other] !== undefined)
    throw new TroupeError('bad_component', `"${name}" and "${other}" are the same option: give one of them.`)
  return options[name] ?? options[other]
}
