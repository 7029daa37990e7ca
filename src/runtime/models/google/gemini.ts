import { z } from 'zod'
import type { ComponentType } from '../../../machines/component/component.ts'
import { withoutTrailingSlashes } from '../../shared/trailing-slashes.ts'
import type { Settings } from '../ai-sdk/request.ts'
import type { Model, ModelCall } from '../model.ts'
import { ModelError } from '../model-error.ts'
import type { Connection } from '../service/service.ts'
import { abilities, defined, patience, ServiceConfig } from '../service/service-config.ts'
import { serviceModel } from '../service/service-model.ts'
import { beside, noKey, wayTo } from '../wire/access.ts'
import { demandHttp, secretsOf } from '../wire/secrets.ts'

/** The config of one of Google's Gemini models, under its own protocol. Field names are those of the other clients. */
export const GeminiConfig = ServiceConfig.extend({
  api_key: z.string().nullish(),
  /** Ends with the version: `https://generativelanguage.googleapis.com/v1beta`, which is the default. */
  base_url: z.string().nullish(),
  default_headers: z.record(z.string(), z.string()).nullish(),
  max_tokens: z.int().positive().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  top_k: z.int().nullish(),
  seed: z.int().nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  /** How much the model may think, in tokens; 0 switches it off where the model allows that. */
  thinking_budget: z.int().nullish(),
  /** Whether its thoughts are in the answer. */
  include_thoughts: z.boolean().nullish(),
  safety_settings: z.array(z.looseObject({ category: z.string(), threshold: z.string() })).nullish()
})
export type GeminiConfig = z.infer<typeof GeminiConfig>

const keyFrom = "api_key in the model's config, or GEMINI_API_KEY or GOOGLE_API_KEY"
const HOME = 'https://generativelanguage.googleapis.com/v1beta'

async function connect(config: GeminiConfig, env: ModelCall['env']): Promise<Connection> {
  const { model } = config
  const way = wayTo(env, {
    ...{ key: config.api_key, address: config.base_url },
    ...{ keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'], home: HOME }
  })
  const { address, key } = way
  demandHttp(address, 'base_url', model)
  if (!key) throw new ModelError(noKey(model, keyFrom, way), { model })
  const headers = beside(way, config.default_headers) ?? undefined
  // Only who calls such a model waits for the SDK.
  const { createGoogleGenerativeAI } = await import('@ai-sdk/google')
  const { sdkConnection } = await import('../ai-sdk/sdk-connection.ts')
  return sdkConnection({
    place: {
      model,
      origin: new URL(address).origin,
      keyFrom,
      secrets: secretsOf(address, key, headers)
    },
    account: [address, model, key].join('\n'),
    language: (fetch) =>
      createGoogleGenerativeAI({
        apiKey: key,
        baseURL: withoutTrailingSlashes(address),
        headers,
        fetch
      })(model),
    settings: () => settingsOf(config),
    style: { names: false, prefixes: false, oneSystemMessage: true, parsedArguments: true }
  })
}

function settingsOf(config: GeminiConfig): Settings {
  const { stop, thinking_budget, include_thoughts } = config
  const thinking = defined({ thinkingBudget: thinking_budget, includeThoughts: include_thoughts })
  return defined({
    maxOutputTokens: config.max_tokens,
    temperature: config.temperature,
    topP: config.top_p,
    topK: config.top_k,
    seed: config.seed,
    stopSequences: typeof stop === 'string' ? [stop] : stop,
    providerOptions: {
      google: defined({
        thinkingConfig: Object.keys(thinking).length > 0 ? thinking : null,
        safetySettings: config.safety_settings
      })
    }
  }) as Settings
}

/** The component type of Google's Gemini models, asked by Google's own protocol. */
export const gemini: ComponentType<Model, GeminiConfig> = {
  provider: 'troupe.models.GeminiChatCompletionClient',
  kind: 'model',
  version: 1,
  description: "One of Google's Gemini models, by Google's own protocol.",
  config: () => GeminiConfig,
  create: (config) =>
    serviceModel({
      model: config.model,
      info: abilities(config),
      ...patience(config),
      reasoningFirst: true,
      connect: (env) => connect(config, env)
    })
}
