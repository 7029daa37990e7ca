import { z } from 'zod'
import type { ComponentType } from '../../../machines/component/component.ts'
import { withoutTrailingSlashes } from '../../shared/trailing-slashes.ts'
import type { Settings } from '../ai-sdk/request.ts'
import type { Model, ModelCall, ModelRequest } from '../model.ts'
import { ModelError, valueError } from '../model-error.ts'
import { type Info, infoOf } from '../model-info.ts'
import type { Connection } from '../service/service.ts'
import { abilities, defined, patience, ServiceConfig } from '../service/service-config.ts'
import { serviceModel } from '../service/service-model.ts'
import { beside, noKey, wayTo } from '../wire/access.ts'
import { demandHttp, secretsOf } from '../wire/secrets.ts'
import { withLastWord } from './last-word.ts'
import { forAnthropic } from './request.ts'

/** The config of one of Anthropic's models. Source: autogen-ext `AnthropicClientConfigurationConfigModel`. */
export const AnthropicConfig = ServiceConfig.extend({
  api_key: z.string().nullish(),
  base_url: z.string().nullish(),
  default_headers: z.record(z.string(), z.string()).nullish(),
  max_tokens: z.int().positive().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  top_k: z.int().nullish(),
  stop_sequences: z.array(z.string()).nullish(),
  metadata: z.looseObject({ user_id: z.string().nullish() }).nullish(),
  /** `budget_tokens` are a part of `max_tokens`. */
  thinking: z
    .looseObject({ type: z.enum(['enabled', 'disabled']), budget_tokens: z.int().positive().nullish() })
    .nullish()
})
export type AnthropicConfig = z.infer<typeof AnthropicConfig>

const keyFrom = "api_key in the model's config or ANTHROPIC_API_KEY"

async function connect(config: AnthropicConfig, env: ModelCall['env']): Promise<Connection> {
  const { model } = config
  const way = wayTo(env, {
    ...{ key: config.api_key, address: config.base_url },
    ...{ keys: ['ANTHROPIC_API_KEY'], addresses: ['ANTHROPIC_BASE_URL'], home: 'https://api.anthropic.com' }
  })
  const { address, key } = way
  demandHttp(address, 'base_url', model)
  if (!key) throw new ModelError(noKey(model, keyFrom, way), { model })
  const headers = beside(way, config.default_headers) ?? undefined
  // Only who calls such a model waits for the SDK.
  const { createAnthropic } = await import('@ai-sdk/anthropic')
  const { sdkConnection } = await import('../ai-sdk/sdk-connection.ts')
  const { withKnownParts } = await import('./known-parts.ts')
  const connection = sdkConnection({
    place: {
      model,
      origin: new URL(address).origin,
      keyFrom,
      secrets: secretsOf(address, key, headers)
    },
    account: [address, model, key].join('\n'),
    language: (fetch) =>
      createAnthropic({
        apiKey: key,
        // AutoGen's addresses end before the version, those of the SDK after it.
        baseURL: `${withoutTrailingSlashes(address).replace(/\/v1$/, '')}/v1`,
        headers,
        fetch: withKnownParts(fetch)
      }).messages(model),
    settings: (request) => settingsOf(config, request),
    style: { names: false, prefixes: false, oneSystemMessage: true, parsedArguments: true }
  })
  return withLastWord(connection)
}

function settingsOf(config: AnthropicConfig, { messages }: ModelRequest): Settings {
  // In the midst of tool calls the service wants its former thoughts back word for word, and AutoGen's messages hold
  // none that it would accept: there it answers without thinking.
  const inMidst = messages.at(-1)?.type === 'FunctionExecutionResultMessage'
  const { type, budget_tokens } = config.thinking ?? {}
  const thinks = type === 'enabled' && !inMidst
  const budget = thinks ? (budget_tokens ?? 1024) : 0
  const most = config.max_tokens ?? 4096
  return defined({
    // The SDK adds the budget again.
    maxOutputTokens: most > budget ? most - budget : most,
    temperature: config.temperature,
    topP: config.top_p,
    topK: config.top_k,
    stopSequences: config.stop_sequences,
    providerOptions: {
      anthropic: defined({
        thinking: thinks ? { type, budgetTokens: budget } : type && { type: 'disabled' },
        metadata: config.metadata?.user_id ? { userId: config.metadata.user_id } : null
      })
    }
  }) as Settings
}

function known(model: string): Info {
  try {
    return { ...infoOf(model), json_output: true, structured_output: true }
  } catch {
    throw valueError(
      `model_info is required when model name is not recognized; nothing is known about "${model}".`
    )
  }
}

/** The component type of Anthropic's models. */
export const anthropic: ComponentType<Model, AnthropicConfig> = {
  provider: 'autogen_ext.models.anthropic.AnthropicChatCompletionClient',
  aliases: ['AnthropicChatCompletionClient', 'anthropic_chat_completion_client'],
  kind: 'model',
  version: 1,
  description: "One of Anthropic's models.",
  config: () => AnthropicConfig,
  create: (config) =>
    serviceModel({
      model: config.model,
      info: abilities(config, known),
      adapt: forAnthropic,
      ...patience(config),
      reasoningFirst: true,
      connect: (env) => connect(config, env)
    })
}
