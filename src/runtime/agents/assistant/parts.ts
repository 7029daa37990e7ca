import { nearestName } from '../../../machines/shared/option-names.ts'
import type { ModelContext } from '../../contexts/context.ts'
import { unbounded } from '../../contexts/unbounded.ts'
import type { Memory } from '../../memory/memory.ts'
import type { Model } from '../../models/model.ts'
import { StaticWorkbench } from '../../tools/static-workbench.ts'
import type { Workbench } from '../../tools/tool.ts'
import type { AssistantConfig } from './config.ts'
import { type Handoff, type HandoffConfig, handoffOf } from './handoff.ts'
import type { Retry } from './retry.ts'
import type { StructuredMessageFactory } from './structured.ts'
import { byFormat, type Summarize } from './summary.ts'
import { ToolRunner } from './tool-runner.ts'

/** What an assistant works with, nothing left open. */
export interface AssistantParts {
  name: string
  model: Model
  /** Whether the model's answers come in pieces. */
  streams: boolean
  systemMessage: string | null
  context: ModelContext
  memories: readonly Memory[]
  workbenches: readonly Workbench[]
  tools: ToolRunner
  handoffs: ReadonlyMap<string, Handoff>
  /** How often in a turn the model may call tools. */
  rounds: number
  reflects: boolean
  summarize: Summarize
  structure: StructuredMessageFactory | null
  retry: Retry
}

/** Fills in what a config leaves open. Throws where its parts do not go together. */
export function partsOf(config: AssistantConfig): AssistantParts {
  const { model_client: model, structured_message_factory } = config
  const workbenches = workbenchesOf(config)
  const handoffs = handoffsOf(config.handoffs ?? [], config)
  return {
    name: config.name,
    model,
    streams: config.model_client_stream,
    systemMessage: config.system_message ?? null,
    context: config.model_context ?? unbounded(),
    memories: config.memory ?? [],
    workbenches,
    tools: new ToolRunner(workbenches, handoffs, approvalsOf(config)),
    handoffs,
    rounds: config.max_tool_iterations,
    reflects: config.reflect_on_tool_use ?? Boolean(structured_message_factory),
    summarize: config.tool_call_summary_formatter ?? byFormat(config.tool_call_summary_format),
    structure: structured_message_factory ?? null,
    retry: config.retry ?? { times: 0, delay_ms: 0 }
  }
}

function workbenchesOf({ tools, workbench, model_client }: AssistantConfig): readonly Workbench[] {
  const given = workbench ? [workbench].flat() : []
  if (!tools?.length) return given
  if (given.length > 0)
    throw new Error(
      'Tools cannot be used with a workbench. Put them into a StaticWorkbench, and that beside the other: "workbench" may be a list.'
    )
  if (!model_client.info.function_calling) throw new Error('The model does not support function calling.')
  demandUnique('Tool names must be unique', toolNames(tools))
  return [new StaticWorkbench(tools)]
}

function handoffsOf(configs: readonly HandoffConfig[], { tools, model_client }: AssistantConfig) {
  const handoffs = configs.map(handoffOf)
  if (handoffs.length > 0 && !model_client.info.function_calling) {
    throw new Error('The model does not support function calling, which is needed for handoffs.')
  }
  demandUnique(
    'Handoff names must be unique',
    handoffs.map(({ name }) => name)
  )
  const taken = new Set(toolNames(tools ?? []))
  const clash = handoffs.find(({ name, target }) => taken.has(name) || taken.has(target))
  if (clash) throw new Error(`Handoff names must be unique from tool names, and "${clash.name}" is not.`)
  return new Map(handoffs.map((handoff) => [handoff.name, handoff]))
}

/** The names of the tools whose calls a person has to approve; null for all. Throws for one that is no tool. */
function approvalsOf({ requires_approval: required, tools, workbench, name }: AssistantConfig) {
  if (required === true) return null
  const names = required || []
  const known = toolNames(tools ?? [])
  const stray = workbench ? undefined : names.find((one) => !known.includes(one))
  if (stray !== undefined) {
    const near = nearestName(stray, known)
    const hint = near === undefined ? `There are: ${known.join(', ') || 'none'}.` : `Did you mean "${near}"?`
    throw new Error(
      `The agent "${name}" requires approval of "${stray}", which is none of its tools. ${hint}`
    )
  }
  return new Set(names)
}

const toolNames = (tools: NonNullable<AssistantConfig['tools']>) => tools.map(({ schema }) => schema.name)

function demandUnique(problem: string, names: readonly string[]): void {
  if (new Set(names).size < names.length) throw new Error(`${problem}: ${names.join(', ')}`)
}
