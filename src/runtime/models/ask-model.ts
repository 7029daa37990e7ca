import { originOf } from '../../machines/component/component.ts'
import { follow, type ModelCallInfo } from '../shared/telemetry/activity.ts'
import type { Model, ModelCall, ModelRequest, ModelResult } from './model.ts'

/** Asks a model, and lets who follows the run know of it. All calls to models go through here. */
export function askModel(model: Model, request: ModelRequest, call: ModelCall): Promise<ModelResult> {
  const activity = call.activity?.model(infoOf(model, request))
  return follow(activity, () => model.create(request, call))
}

function infoOf(model: Model, { messages, tools, stream }: ModelRequest): ModelCallInfo {
  const origin = originOf(model)
  const { model: name } = (origin?.config ?? {}) as { model?: unknown }
  return {
    provider: origin ? providerOf(origin.type.provider) : 'custom',
    model: typeof name === 'string' ? name : undefined,
    stream,
    request: { messages, tools }
  }
}

/** The services by the names that OpenTelemetry gives them. Source: semantic conventions, `gen_ai.provider.name`. */
const services: Readonly<Record<string, string>> = {
  OpenAIChatCompletionClient: 'openai',
  AzureOpenAIChatCompletionClient: 'azure.ai.openai',
  AnthropicChatCompletionClient: 'anthropic',
  OllamaChatCompletionClient: 'ollama',
  ReplayChatCompletionClient: 'replay'
}

function providerOf(component: string): string {
  const name = component.slice(component.lastIndexOf('.') + 1)
  return services[name] ?? name
}
