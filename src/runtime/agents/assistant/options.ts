import { z } from 'zod'
import type { Nested } from '../../../machines/component/component.ts'
import { explain, TroupeError } from '../../../protocol/errors.ts'
import type { ModelContext } from '../../contexts/context.ts'
import type { Memory } from '../../memory/memory.ts'
import type { Model } from '../../models/model.ts'
import type { Tool, Workbench } from '../../tools/tool.ts'
import { AssistantConfig } from './config.ts'
import type { HandoffConfig } from './handoff.ts'
import { structured } from './structured.ts'
import type { Summarize } from './summary.ts'

/** What an assistant may be told in the library. The names are those of its config. */
export interface AssistantOptions {
  modelClient: Model
  tools?: readonly Tool[]
  workbench?: Workbench | readonly Workbench[]
  /** Names of those to whom it may hand over, or more about each. */
  handoffs?: readonly HandoffConfig[]
  modelContext?: ModelContext
  memory?: readonly Memory[]
  description?: string
  /** `null`: none. */
  systemMessage?: string | null
  modelClientStream?: boolean
  reflectOnToolUse?: boolean
  /** At least 1. */
  maxToolIterations?: number
  toolCallSummaryFormat?: string
  /** Goes before the format; an assistant with one cannot be written as JSON. */
  toolCallSummaryFormatter?: Summarize
  /** The shape of the answer, which is a `StructuredMessage` then. */
  outputContentType?: z.ZodObject
  /** How people read such an answer: `{city} has {size}`. */
  outputContentTypeFormat?: string
  metadata?: Record<string, string>
}

const usual = 'You are a helpful assistant. Use your tools where they help. When all is done, say TERMINATE.'

// In the library the nested things are things already.
const asGiven: Nested = () => z.custom((thing) => typeof thing === 'object' && thing !== null) as never
const Config = AssistantConfig(asGiven)

/** The options in the words of a config. Throws `bad_component` where they do not fit. */
export function configOf(name: string, options: AssistantOptions): AssistantConfig {
  const { outputContentType: type, workbench } = options
  const parsed = Config.safeParse({
    name,
    model_client: options.modelClient,
    tools: options.tools,
    workbench: workbench && [workbench].flat(),
    handoffs: options.handoffs,
    model_context: options.modelContext,
    memory: options.memory,
    description: options.description,
    system_message: options.systemMessage === undefined ? usual : options.systemMessage,
    model_client_stream: options.modelClientStream,
    reflect_on_tool_use: options.reflectOnToolUse,
    max_tool_iterations: options.maxToolIterations,
    tool_call_summary_format: options.toolCallSummaryFormat,
    tool_call_summary_formatter: options.toolCallSummaryFormatter,
    metadata: options.metadata,
    structured_message_factory: type && structured(type, options.outputContentTypeFormat)
  })
  if (!parsed.success) throw new TroupeError('bad_component', explain(parsed.error))
  return parsed.data
}
