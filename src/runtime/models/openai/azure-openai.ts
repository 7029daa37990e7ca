import { z } from 'zod'
import type { ComponentType } from '../../../machines/component/component.ts'
import type { Model, ModelCall } from '../model.ts'
import { ModelError } from '../model-error.ts'
import type { Connection } from '../service/service.ts'
import { serviceModel } from '../service/service-model.ts'
import { keyFor } from '../wire/api-keys.ts'
import { requestHeaders } from '../wire/headers.ts'
import { demandHttp, secretsOf } from '../wire/secrets.ts'
import { ChatConnection } from './chat-completions.ts'
import { ChatConfig, chatService, settingsOf, styleOf } from './chat-config.ts'

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

/** The header with the key or the token; the config's own go before those of the environment. */
function credential({ model, api_key, azure_ad_token }: AzureConfig, env: Env) {
  const byKey = (key: string) => ({ key, header: { 'api-key': key } })
  const byToken = (key: string) => ({ key, header: { authorization: `Bearer ${key}` } })
  if (api_key) return byKey(api_key)
  if (azure_ad_token) return byToken(azure_ad_token)
  // The address is always the config's own.
  const key = keyFor(env, 'AZURE_OPENAI_API_KEY', 'given')
  if (key) return byKey(key)
  const token = keyFor(env, 'AZURE_OPENAI_AD_TOKEN', 'given')
  if (token) return byToken(token)
  throw new ModelError(`The model "${model}" has no API key: set ${keyFrom}.`, { model })
}

/** The address of a deployment's completions, with the version that Azure wants in it. */
function completionsOf({ azure_endpoint, azure_deployment, model, api_version }: AzureConfig): URL {
  const base = new URL(azure_endpoint)
  // People name the whole address, or only its beginning.
  const start = base.pathname.replace(/\/openai(\/.*)?$/, '').replace(/\/+$/, '')
  const path = `${start}/openai/deployments/${encodeURIComponent(azure_deployment || model)}/chat/completions`
  const url = new URL(path, base)
  url.searchParams.set('api-version', api_version)
  return url
}

function connecting(config: AzureConfig): (env: Env) => Connection {
  let last: { key: string; header: object; connection: Connection } | undefined
  return (env) => {
    const { model, azure_endpoint, default_headers } = config
    demandHttp(azure_endpoint, 'azure_endpoint', model)
    const { key, header } = credential(config, env)
    if (last?.key === key && Object.keys(last.header)[0] === Object.keys(header)[0]) return last.connection
    const { info } = chatService(config)
    const url = completionsOf(config)
    const connection = new ChatConnection({
      place: { model, origin: url.origin, keyFrom, secrets: secretsOf(azure_endpoint, key, default_headers) },
      account: [url.href, key].join('\n'),
      headers: requestHeaders(header as Record<string, string>, default_headers, new URL(azure_endpoint)),
      ...{ url, model, settings: settingsOf(config, info), style: styleOf(config, info) }
    })
    last = { key, header, connection }
    return connection
  }
}

/** The component type of OpenAI's models in Azure. */
export const azureOpenai: ComponentType<Model, AzureConfig> = {
  provider: 'autogen_ext.models.openai.AzureOpenAIChatCompletionClient',
  aliases: ['AzureOpenAIChatCompletionClient', 'azure_openai_chat_completion_client'],
  kind: 'model',
  version: 1,
  description: "One of OpenAI's models in Azure.",
  config: () => AzureConfig,
  create: (config) => serviceModel({ ...chatService(config), connect: connecting(config) })
}
