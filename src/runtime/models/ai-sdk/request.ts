import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { ModelRequest } from '../model.ts'
import { strictSchema } from '../wire/strict-schema.ts'
import { type PromptStyle, promptOf } from './prompt.ts'

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
