import { z } from 'zod'
import { valueError } from '../model-error.ts'
import type { Info } from '../model-info.ts'
import type { Service } from '../service/service.ts'
import { abilities, defined, patience, ServiceConfig } from '../service/service-config.ts'
import type { MessageStyle } from './request.ts'

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

/** What OpenAI's and Azure's clients have in common. Source: autogen-ext `BaseOpenAIClientConfigurationConfigModel`. */
export const ChatConfig = ServiceConfig.extend({
  api_key: z.string().nullish(),
  add_name_prefixes: z.boolean().nullish(),
  include_name_in_message: z.boolean().nullish(),
  default_headers: z.record(z.string(), z.string()).nullish(),
  frequency_penalty: z.number().nullish(),
  logit_bias: z.record(z.string(), z.number()).nullish(),
  max_tokens: z.int().nullish(),
  max_completion_tokens: z.int().nullish(),
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
  /** `minimal`, `low`, `medium`, `high`, or what else the service knows. */
  reasoning_effort: z.string().nullish(),
  /** Fields that are sent as they are, for what a service knows besides. */
  extra_body: z.record(z.string(), z.unknown()).nullish()
})
export type ChatConfig = z.infer<typeof ChatConfig>

/** Everything about a service that follows from the common config; only the way to it is missing. */
export function chatService(config: ChatConfig): Omit<Service, 'connect'> {
  const info = abilities(config)
  if (config.response_format?.type === 'json_object' && !info.json_output) {
    throw valueError(`Model does not support JSON output (model "${config.model}", see model_info).`)
  }
  return { model: config.model, info, ...patience(config) }
}

/** How the service of a config wants to be told who said what. */
export function styleOf(config: ChatConfig, { family, multiple_system_messages }: Info): MessageStyle {
  return {
    // Mistral's servers refuse the name.
    names: (config.include_name_in_message ?? true) && !/mistral|codestral|ministral|pixtral/.test(family),
    prefixes: config.add_name_prefixes ?? false,
    oneSystemMessage: !multiple_system_messages
  }
}

/** What a config says about every request, under the names of the protocol. */
export function settingsOf(config: ChatConfig, { family }: Info): Record<string, unknown> {
  const { max_tokens, response_format, stop, stream_options, extra_body } = config
  // These models know `max_completion_tokens` only.
  const limit = /^(o\d|gpt-5)/.test(family) ? 'max_completion_tokens' : 'max_tokens'
  return defined({
    ...Object.fromEntries(sent.map((name) => [name, config[name]])),
    ...(max_tokens && { [limit]: max_tokens }),
    stop: typeof stop === 'string' ? [stop] : stop,
    response_format: response_format?.type === 'text' ? null : response_format,
    // Usage is counted unless the config says otherwise.
    stream_options:
      stream_options?.include_usage === false ? null : { include_usage: true, ...stream_options },
    ...extra_body
  })
}

/** The fields of a config that are sent as they are. */
const sent = [
  ...([
    'temperature',
    'top_p',
    'max_completion_tokens',
    'frequency_penalty',
    'presence_penalty',
    'seed'
  ] as const),
  ...(['logit_bias', 'user', 'reasoning_effort', 'parallel_tool_calls', 'n'] as const)
]
