import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { ModelRequest, ModelResult } from '../model.ts'
import { strictSchema } from '../service/strict-schema.ts'
import { type PromptStyle, promptOf } from './prompt.ts'
import type { Heard } from './read-stream.ts'

/** What a config says about all calls, in the words of the SDK. */
export type Settings = Omit<
  LanguageModelV4CallOptions,
  'prompt' | 'tools' | 'toolChoice' | 'abortSignal' | 'headers' | 'includeRawChunks'
>

/** A request in the words of the SDK. */
export function optionsOf(
  request: ModelRequest,
  settings: Settings,
  style: PromptStyle
): LanguageModelV4CallOptions {
  const options: LanguageModelV4CallOptions = { ...settings, prompt: promptOf(request.messages, style) }
  if (request.tools?.length) {
    options.tools = request.tools.map(({ parameters, ...tool }) => ({
      type: 'function',
      ...tool,
      inputSchema: parameters
    }))
    options.toolChoice = { type: request.toolChoice ?? 'auto' }
  }
  if (request.json === true) options.responseFormat = { type: 'json' }
  else if (request.json === false) options.responseFormat = undefined
  else if (request.json) Object.assign(options, structured(request.json, settings))
  return options
}

function structured(
  schema: Record<string, unknown>,
  { providerOptions }: Settings
): Partial<LanguageModelV4CallOptions> {
  const strict = strictSchema(schema)
  const name = String(schema.title ?? 'response')
    .replace(/[^\w-]/g, '_')
    .slice(0, 64)
  return {
    responseFormat: { type: 'json', name, schema: strict ?? schema },
    providerOptions: {
      ...providerOptions,
      openai: { ...providerOptions?.openai, strictJsonSchema: strict !== undefined }
    }
  }
}

const reasons: Partial<Record<Heard['finish'], ModelResult['finish_reason']>> = {
  stop: 'stop',
  length: 'length',
  'content-filter': 'content_filter',
  'tool-calls': 'function_calls'
}

/** The answer as agents know it; text beside tool calls is a thought, as in AutoGen. */
export function resultOf(heard: Heard, family: string, reasoningFirst = false): ModelResult {
  const { inputTokens, outputTokens } = heard.usage ?? {}
  const usage = { prompt_tokens: inputTokens?.total ?? 0, completion_tokens: outputTokens?.total ?? 0 }
  if (heard.calls.length > 0) {
    const { text, reasoning } = heard
    const thought = (reasoningFirst ? reasoning || text : text || reasoning) || null
    return { finish_reason: 'function_calls', content: heard.calls, usage, cached: false, thought }
  }
  const inside = family === 'r1' && !heard.reasoning ? /<think>(.*?)<\/think>/s.exec(heard.text) : null
  const content = inside ? heard.text.slice(inside.index + inside[0].length).trim() : heard.text
  const thought = (inside ? inside[1]?.trim() : heard.reasoning) || null
  return { finish_reason: reasons[heard.finish] ?? 'unknown', content, usage, cached: false, thought }
}
