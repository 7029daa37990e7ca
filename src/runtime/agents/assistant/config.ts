import { z } from 'zod'
import type { Nested } from '../../../machines/component/component.ts'
import type { ModelContext } from '../../contexts/context.ts'
import type { Memory } from '../../memory/memory.ts'
import type { Model } from '../../models/model.ts'
import type { Tool, Workbench } from '../../tools/tool.ts'
import { AgentName } from '../name.ts'
import { HandoffConfig } from './handoff.ts'
import { Retry } from './retry.ts'
import type { StructuredMessageFactory } from './structured.ts'
import type { Summarize } from './summary.ts'

/** The config of an assistant, version 2; version 1 is the same with fewer fields. Source: `AssistantAgentConfig`. */
export const AssistantConfig = (nested: Nested) => {
  const workbench = nested<Workbench>('workbench')
  return z.looseObject({
    name: AgentName,
    model_client: nested<Model>('model'),
    tools: z.array(nested<Tool>('tool')).nullish(),
    /** One or several; Studio's pages write one without a list. */
    workbench: z.union([z.array(workbench), workbench]).nullish(),
    handoffs: z.array(HandoffConfig).nullish(),
    model_context: nested<ModelContext>('chat_completion_context').nullish(),
    memory: z.array(nested<Memory>('memory')).nullish(),
    description: z.string().default('An agent that provides assistance with ability to use tools.'),
    system_message: z.string().nullish(),
    model_client_stream: z.boolean().default(false),
    /** By default on where the answer has a shape of its own, because a summary of tool results would not have it. */
    reflect_on_tool_use: z.boolean().nullish(),
    max_tool_iterations: z.int().min(1).default(1),
    tool_call_summary_format: z.string().default('{result}'),
    /** A function, in the library only: it goes before the format. */
    tool_call_summary_formatter: z.custom<Summarize>((value) => typeof value === 'function').optional(),
    metadata: z.record(z.string(), z.string()).nullish(),
    /** Ours: which calls a person has to approve, all (`true`) or those of the tools that are named. */
    requires_approval: z.union([z.boolean(), z.array(z.string())]).nullish(),
    /** Ours: how often the model is asked again where that fails, or its answer does not fit. */
    retry: Retry.nullish(),
    structured_message_factory: nested<StructuredMessageFactory>().nullish()
  })
}
export type AssistantConfig = z.infer<ReturnType<typeof AssistantConfig>>
