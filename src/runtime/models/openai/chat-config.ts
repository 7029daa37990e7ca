import { z } from 'zod'
import type { Settings } from '../ai-sdk/request.ts'
import type { Service } from '../ai-sdk/sdk-model.ts'
import type { ModelRequest } from '../model.ts'
import { valueError } from '../model-error.ts'
import { Info, infoOf, unknownInfo } from '../model-info.ts'
import { reasoningIn } from './dialects.ts'

const ResponseFormat = z.looseObject({
  type: z.enum(['text', 'json_object', 'json_schema']),
  json_schema: z
    .looseObject({
      name: z.string(),
      description: z.string().nullish(),
      schema: z.record(z.string(), z.unknown()).nullish(),
      strict: z.boolean().nullish()
    })
    .nullish()
})

/** What the configs of all model services have in common. */
export const ServiceConfig = z.looseObject({
  model: z.string().min(1),
  /** Seconds, by default 600. */
  timeout: z.number().positive().nullish(),
  max_retries: z.int().nonnegative().nullish(),
  model_info: Info.nullish(),
  model_capabilities: z.looseObject(Info.partial().shape).nullish(),
  /** How many calls to this model with this key may run at once in this process. */
  max_concurrency: z.int().positive().nullish()
})
export type ServiceConfig = z.infer<typeof ServiceConfig>

/** What OpenAI's and Azure's clients have in common. Source: autogen-ext `BaseOpenAIClientConfigurationConfigModel`. */
export const ChatConfig = ServiceConfig.extend({
  api_key: z.string().nullish(),
  add_name_prefixes: z.boolean().nullish(),
  include_name_in_message: z.boolean().nullish(),
  default_headers: z.record(z.string(), z.string()).nullish(),
  frequency_penalty: z.number().nullish(),
  logit_bias: z.record(z.string(), z.number()).nullish(),
  max_tokens: z.int().nullish(),
  n: z.int().nullish(),
  presence_penalty: z.number().nullish(),
  response_format: ResponseFormat.nullish(),
  seed: z.int().nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  user: z.string().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  reasoning_effort: z.enum(['minimal', 'low', 'medium', 'high']).nullish()
})
export type ChatConfig = z.infer<typeof ChatConfig>

/** Everything about a service that follows from the common config; only the way to it is missing. */
export function chatService(config: ChatConfig): Omit<Service, 'connect'> {
  const info = abilities(config)
  if (config.response_format?.type === 'json_object' && !info.json_output) {
    throw valueError(`Model does not support JSON output (model "${config.model}", see model_info).`)
  }
  return {
    model: config.model,
    info,
    settings: (request) => settingsOf(config, request),
    style: {
      // Mistral's servers refuse the name.
      names:
        (config.include_name_in_message ?? true) && !/mistral|codestral|ministral|pixtral/.test(info.family),
      prefixes: config.add_name_prefixes ?? false,
      oneSystemMessage: !info.multiple_system_messages
    },
    ...patience(config),
    reasoning: reasoningIn
  }
}

/** How long, how often and how many at once, as a config says. */
export const patience = ({ timeout, max_retries, max_concurrency }: ServiceConfig) => ({
  timeout: (timeout ?? 600) * 1000,
  retries: max_retries ?? 2,
  maxConcurrency: max_concurrency
})

/** What a model can do, as its config says or as is known of its name. */
export function abilities(
  { model, model_info, model_capabilities }: ServiceConfig,
  known: (model: string) => Info = infoOf
): Info {
  if (model_info && model_capabilities)
    throw valueError('model_capabilities and model_info are mutually exclusive')
  if (model_capabilities) return { ...unknownInfo, ...model_capabilities, family: 'unknown' }
  return model_info ?? known(model)
}

function settingsOf(config: ChatConfig, { tools }: ModelRequest): Settings {
  const { response_format: format, stop } = config
  return defined({
    temperature: config.temperature,
    topP: config.top_p,
    maxOutputTokens: config.max_tokens,
    frequencyPenalty: config.frequency_penalty,
    presencePenalty: config.presence_penalty,
    seed: config.seed,
    stopSequences: typeof stop === 'string' ? [stop] : stop,
    responseFormat:
      format && format.type !== 'text'
        ? defined({ ...format.json_schema, strict: null, type: 'json' })
        : null,
    providerOptions: {
      openai: defined({
        logitBias: config.logit_bias,
        user: config.user,
        reasoningEffort: config.reasoning_effort,
        // OpenAI refuses it where there are no tools.
        parallelToolCalls: tools?.length ? config.parallel_tool_calls : null,
        strictJsonSchema: format?.json_schema?.strict ?? false,
        // As AutoGen sends it; the SDK would choose the role by the model's name.
        systemMessageMode: 'system'
      })
    }
  }) as Settings
}

/** Leaves out what a config leaves open. */
export const defined = (settings: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null && value !== undefined))
