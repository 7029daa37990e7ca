import { z } from 'zod'
import type { ModelCall } from '../model.ts'
import { ModelError } from '../model-error.ts'
import { beside, noKey, variableBeside, wayTo } from '../wire/access.ts'
import { demandHttp } from '../wire/secrets.ts'
import { ChatConfig } from './chat-config.ts'

/** The config of a model behind OpenAI's chat completions, or a server that is compatible with them. */
export const OpenAIConfig = ChatConfig.extend({
  base_url: z.string().nullish(),
  organization: z.string().nullish(),
  /** Ours: `responses` asks OpenAI's Responses API instead of chat completions. */
  api: z.enum(['chat', 'responses']).nullish()
})
export type OpenAIConfig = z.infer<typeof OpenAIConfig>

type Env = ModelCall['env']

/** Where a model is and the key to it. */
export interface Access {
  url: string
  key: string
  keyFrom: string
  organization: string | undefined
  headers: Readonly<Record<string, string>> | undefined
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

/** Where a config's model is and the key to it; what the config leaves open is in the environment of the call. */
export function accessOf(config: OpenAIConfig, env: Env): Access {
  const { model, api_key, base_url } = config
  const home = elsewhere.find(({ prefix }) => model.startsWith(prefix))
  const way = wayTo(env, {
    ...{ key: api_key, address: base_url },
    // OpenAI's key is not sent to another maker unasked.
    keys: [...(home ? [home.variable] : []), ...(home && !base_url ? [] : ['OPENAI_API_KEY'])],
    addresses: home ? [] : ['OPENAI_BASE_URL'],
    home: home?.url ?? 'https://api.openai.com/v1'
  })
  const keyFrom = `api_key in the model's config or ${home?.variable ?? 'OPENAI_API_KEY'}`
  if (!way.key) throw new ModelError(noKey(model, keyFrom, way), { model })
  demandHttp(way.address, 'base_url', model)
  return {
    ...{ url: way.address, key: way.key, keyFrom },
    organization: beside(way, config.organization) ?? variableBeside(env, way, 'OPENAI_ORG_ID'),
    headers: beside(way, config.default_headers) ?? undefined
  }
}
