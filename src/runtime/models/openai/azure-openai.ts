import { z } from 'zod'
import type { ComponentType } from '../../../machines/component/component.ts'
import { withoutTrailingSlashes } from '../../shared/trailing-slashes.ts'
import type { Model, ModelCall } from '../model.ts'
import { ModelError } from '../model-error.ts'
import type { Connection } from '../service/service.ts'
import { serviceModel } from '../service/service-model.ts'
import { beside, noKey, wayTo } from '../wire/access.ts'
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
  /** Not run here: in its place is the token of the environment, AZURE_OPENAI_AD_TOKEN. */
  azure_ad_token_provider: z.looseObject({ provider: z.string() }).nullish()
})
export type AzureConfig = z.infer<typeof AzureConfig>

type Env = ModelCall['env']

const keyFrom =
  "api_key or azure_ad_token in the model's config, or AZURE_OPENAI_API_KEY or AZURE_OPENAI_AD_TOKEN (a token provider " +
  'of a config is not run here)'

/** What proves who asks, and the headers that go along; the config's own key goes before those of the environment. */
function credential(config: AzureConfig, env: Env) {
  const { model, api_key, azure_ad_token: token, azure_endpoint: address, default_headers: given } = config
  const byKey = (key: string) => ({ 'api-key': key })
  const byToken = (key: string) => ({ authorization: `Bearer ${key}` })
  if (api_key) return { key: api_key, own: byKey(api_key), given }
  if (token) return { key: token, own: byToken(token), given }
  const wanted = { address, addresses: ['AZURE_OPENAI_ENDPOINT'], home: NOWHERE }
  const way = wayTo(env, { ...wanted, keys: ['AZURE_OPENAI_API_KEY'] })
  if (way.key) return { key: way.key, own: byKey(way.key), given: beside(way, given) }
  const other = wayTo(env, { ...wanted, keys: ['AZURE_OPENAI_AD_TOKEN'] })
  if (other.key) return { key: other.key, own: byToken(other.key), given: beside(other, given) }
  throw new ModelError(noKey(model, keyFrom, way.isWithheld ? way : other), { model })
}

/** There is no address of Azure that is everybody's. */
const NOWHERE = 'https://none.invalid'

/** The address of a deployment's completions, with the version that Azure wants in it. */
function completionsOf({ azure_endpoint, azure_deployment, model, api_version }: AzureConfig): URL {
  const base = new URL(azure_endpoint)
  // People name the whole address, or only its beginning.
  const start = withoutTrailingSlashes(base.pathname.replace(/\/openai(\/.*)?$/, ''))
  const path = `${start}/openai/deployments/${encodeURIComponent(azure_deployment || model)}/chat/completions`
  const url = new URL(path, base)
  url.searchParams.set('api-version', api_version)
  return url
}

function connecting(config: AzureConfig): (env: Env) => Connection {
  let last: { headers: string; connection: Connection } | undefined
  return (env) => {
    const { model, azure_endpoint } = config
    demandHttp(azure_endpoint, 'azure_endpoint', model)
    const { key, own, given } = credential(config, env)
    const headers = requestHeaders(own, given, new URL(azure_endpoint))
    if (last?.headers === headers.join('\n')) return last.connection
    const { info } = chatService(config)
    const url = completionsOf(config)
    const connection = new ChatConnection({
      place: { model, origin: url.origin, keyFrom, secrets: secretsOf(azure_endpoint, key, given) },
      account: [url.href, key].join('\n'),
      ...{ headers, url, model, settings: settingsOf(config, info), style: styleOf(config, info) }
    })
    last = { headers: headers.join('\n'), connection }
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
