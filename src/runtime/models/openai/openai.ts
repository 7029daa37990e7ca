import { z } from 'zod'
import type { ComponentType } from '../../../machines/component/component.ts'
import { type Connection, sdkModel } from '../ai-sdk/sdk-model.ts'
import type { Model, ModelCall } from '../model.ts'
import { ModelError } from '../model-error.ts'
import { keyFor } from '../service/api-keys.ts'
import { demandHttp, secretsOf } from '../service/secrets.ts'
import { ChatConfig, chatService } from './chat-config.ts'
import { dialects } from './dialects.ts'

/** The config of a model behind OpenAI's chat completions, or a server that is compatible with them. */
export const OpenAIConfig = ChatConfig.extend({
  base_url: z.string().nullish(),
  organization: z.string().nullish()
})
export type OpenAIConfig = z.infer<typeof OpenAIConfig>

type Env = ModelCall['env']

/** Where a model is and the key to it. */
interface Access {
  url: string
  key: string
  keyFrom: string
}

// Other makers' services that understand OpenAI's protocol, found by the model's name as in AutoGen.
const elsewhere = [
  {
    prefix: 'gemini-',
    url: 'https://generativelanguage.googleapis.com/v1beta/openai',
    variable: 'GEMINI_API_KEY'
  },
  { prefix: 'claude-', url: 'https://api.anthropic.com/v1', variable: 'ANTHROPIC_API_KEY' },
  { prefix: 'Llama-', url: 'https://api.llama.com/compat/v1', variable: 'LLAMA_API_KEY' }
]

function accessOf({ model, api_key, base_url }: OpenAIConfig, env: Env): Access {
  const home = elsewhere.find(({ prefix }) => model.startsWith(prefix))
  const url = base_url || home?.url || env.OPENAI_BASE_URL || 'https://api.openai.com/v1'
  // OpenAI's key is not sent to another maker unasked.
  const at = base_url ? 'given' : 'home'
  const own = home && !base_url ? undefined : keyFor(env, 'OPENAI_API_KEY', at)
  const key = api_key || (home && keyFor(env, home.variable, at)) || own
  const keyFrom = `api_key in the model's config or ${home?.variable ?? 'OPENAI_API_KEY'}`
  if (!key) throw new ModelError(`The model "${model}" has no API key: set ${keyFrom}.`, { model })
  demandHttp(url, 'base_url', model)
  return { url, key, keyFrom }
}

async function connect(config: OpenAIConfig, stream: boolean, env: Env): Promise<Connection> {
  const { model, default_headers, organization } = config
  const { url, key, keyFrom } = accessOf(config, env)
  // The SDK takes 80 ms to load: only who calls such a model waits for it.
  const { createOpenAI } = await import('@ai-sdk/openai')
  const provider = createOpenAI({
    apiKey: key,
    baseURL: url,
    organization: organization ?? env.OPENAI_ORG_ID,
    headers: default_headers ?? undefined,
    fetch: dialects(stream, () => connection.alive?.())
  })
  const connection: Connection = {
    language: provider.chat(model),
    place: { model, origin: new URL(url).origin, keyFrom, secrets: secretsOf(url, key, default_headers) },
    account: [url, model, key].join('\n')
  }
  return connection
}

/** The component type of OpenAI's models and all that speak their protocol. */
export const openai: ComponentType<Model, OpenAIConfig> = {
  provider: 'autogen_ext.models.openai.OpenAIChatCompletionClient',
  kind: 'model',
  version: 1,
  description: "A model behind OpenAI's chat completions, or any compatible server with base_url.",
  config: () => OpenAIConfig,
  create: (config) =>
    sdkModel({ ...chatService(config), connect: (request, env) => connect(config, request.stream, env) })
}
