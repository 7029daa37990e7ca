import { z } from 'zod'
import type { ComponentType } from '../../../machines/component/component.ts'
import { type Connection, sdkModel } from '../ai-sdk/sdk-model.ts'
import type { Model, ModelCall } from '../model.ts'
import { ModelError } from '../model-error.ts'
import { keyFor } from '../service/api-keys.ts'
import { demandHttp, secretsOf } from '../service/secrets.ts'
import { ChatConfig, chatService } from './chat-config.ts'
import { dialects } from './dialects.ts'

/** The config of a model that stands in Azure. Source: autogen-ext `AzureOpenAIClientConfigurationConfigModel`. */
export const AzureConfig = ChatConfig.extend({
  azure_endpoint: z.string().min(1),
  /** By default the model's name. */
  azure_deployment: z.string().nullish(),
  api_version: z.string().min(1),
  azure_ad_token: z.string().nullish(),
  azure_ad_token_provider: z
    .null('Token providers are not supported: give an azure_ad_token or an api_key.')
    .optional()
})
export type AzureConfig = z.infer<typeof AzureConfig>

type Env = ModelCall['env']

const keyFrom = "api_key or azure_ad_token in the model's config, or AZURE_OPENAI_API_KEY"

/** The key or the token; the config's own go before those of the environment. */
function credential({ model, api_key, azure_ad_token }: AzureConfig, env: Env) {
  if (api_key) return { apiKey: api_key }
  if (azure_ad_token) return { token: azure_ad_token }
  // The address is always the config's own.
  const key = keyFor(env, 'AZURE_OPENAI_API_KEY', 'given')
  if (key) return { apiKey: key }
  const token = keyFor(env, 'AZURE_OPENAI_AD_TOKEN', 'given')
  if (token) return { token }
  throw new ModelError(`The model "${model}" has no API key: set ${keyFrom}.`, { model })
}

async function connect(config: AzureConfig, stream: boolean, env: Env): Promise<Connection> {
  const { model, azure_endpoint: endpoint, default_headers } = config
  demandHttp(endpoint, 'azure_endpoint', model)
  const { apiKey, token } = credential(config, env)
  const key = apiKey ?? token ?? ''
  const deployment = config.azure_deployment || model
  // Azure speaks OpenAI's protocol, and the SDK of its own holds an older copy of OpenAI's.
  const { createOpenAI } = await import('@ai-sdk/openai')
  const provider = createOpenAI({
    apiKey: key,
    baseURL: `${endpoint.replace(/\/+$/, '')}/openai/deployments/${encodeURIComponent(deployment)}`,
    headers: default_headers ?? undefined,
    fetch: inAzure(
      config.api_version,
      apiKey,
      dialects(stream, () => connection.alive?.())
    )
  })
  const connection: Connection = {
    language: provider.chat(model),
    place: {
      model,
      origin: new URL(endpoint).origin,
      keyFrom,
      secrets: secretsOf(endpoint, key, default_headers)
    },
    account: [endpoint, deployment, key].join('\n')
  }
  return connection
}

/** What Azure wants otherwise: the version in the address, and a key, unlike a token, in a header of its own. */
const inAzure =
  (version: string, apiKey: string | undefined, ask: typeof fetch): typeof fetch =>
  (address, init) => {
    const url = new URL(String(address))
    url.searchParams.set('api-version', version)
    const headers = new Headers(init?.headers)
    if (apiKey !== undefined) {
      if (headers.get('authorization') === `Bearer ${apiKey}`) headers.delete('authorization')
      headers.set('api-key', apiKey)
    }
    return ask(url, { ...init, headers })
  }

/** The component type of OpenAI's models in Azure. */
export const azureOpenai: ComponentType<Model, AzureConfig> = {
  provider: 'autogen_ext.models.openai.AzureOpenAIChatCompletionClient',
  kind: 'model',
  version: 1,
  description: "One of OpenAI's models in Azure.",
  config: () => AzureConfig,
  create: (config) =>
    sdkModel({ ...chatService(config), connect: (request, env) => connect(config, request.stream, env) })
}
