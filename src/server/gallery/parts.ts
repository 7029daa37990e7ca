import type { ComponentModel } from '../../machines/component/component.ts'

/** What stands over a component in the pages. */
export interface Labels {
  label: string
  description: string
  /** Of a team: tasks to try it with. */
  example_tasks?: string[]
}

const component =
  (component_type: string, version = 1) =>
  (provider: string, labels: Labels, config: Record<string, unknown>): ComponentModel => ({
    provider,
    component_type,
    version,
    component_version: version,
    ...labels,
    config
  })

/** Makes a team from its provider, its labels and its config. */
export const team = component('team')
/** Makes a model. */
export const model = component('model')
/** Makes a tool. */
export const tool = component('tool')
/** Makes a workbench. */
export const workbench = component('workbench')
/** Makes a termination condition. */
export const termination = component('termination')
const agent = component('agent')
const assistantAgent = component('agent', 2)

/** An assistant; `more` are further fields of its config. */
export const assistant = (
  name: string,
  labels: Labels,
  model_client: ComponentModel,
  system_message: string,
  more: Record<string, unknown> = {}
): ComponentModel =>
  assistantAgent('autogen_agentchat.agents.AssistantAgent', labels, {
    name,
    description: labels.description,
    model_client,
    system_message,
    model_client_stream: true,
    reflect_on_tool_use: false,
    tool_call_summary_format: '{result}',
    ...more
  })

/** A person who is asked. */
export const person = (name: string, labels: Labels): ComponentModel =>
  agent('autogen_agentchat.agents.UserProxyAgent', labels, { name, description: labels.description })

/** A model that gives prepared answers, slowly enough to be watched. */
export const prepared = (answers: readonly string[]): ComponentModel =>
  model(
    'autogen_ext.models.replay.ReplayChatCompletionClient',
    { label: 'Prepared answers', description: 'Gives prepared answers, word by word; needs no key.' },
    { chat_completions: [...answers], delay_ms: 400, chunk_delay_ms: 40 }
  )
