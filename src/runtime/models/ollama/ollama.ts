import { z } from 'zod'
import type { ComponentType } from '../../../machines/component/component.ts'
import { livelyFetch } from '../ai-sdk/fetch-without-timeouts.ts'
import { type Connection, sdkModel } from '../ai-sdk/sdk-model.ts'
import type { Model, ModelCall } from '../model.ts'
import { abilities, defined, patience, ServiceConfig } from '../openai/chat-config.ts'
import { demandHttp, secretsOf } from '../service/secrets.ts'
import { ollamaInfo } from './info.ts'
import type { Fixed } from './request.ts'

const Format = z.union([z.literal(''), z.literal('json'), z.record(z.string(), z.unknown())])

/** The config of a model that Ollama serves. Source: autogen-ext `BaseOllamaClientConfigurationConfigModel`. */
export const OllamaConfig = ServiceConfig.extend({
  /** By default OLLAMA_HOST or `http://127.0.0.1:11434`. */
  host: z.string().nullish(),
  headers: z.record(z.string(), z.string()).nullish(),
  follow_redirects: z.boolean().nullish(),
  options: z.record(z.string(), z.unknown()).nullish(),
  /** A JSON Schema, or what OpenAI's clients take. */
  response_format: Format.nullish(),
  format: Format.nullish(),
  keep_alive: z.union([z.string(), z.number()]).nullish(),
  think: z.union([z.boolean(), z.enum(['low', 'medium', 'high'])]).nullish()
})
export type OllamaConfig = z.infer<typeof OllamaConfig>

// Options that may stand beside `options` too, as in AutoGen.
const loose = [
  ...['temperature', 'top_p', 'top_k', 'repeat_penalty', 'frequency_penalty', 'presence_penalty', 'mirostat'],
  ...[
    'mirostat_eta',
    'mirostat_tau',
    'seed',
    'num_ctx',
    'num_predict',
    'num_gpu',
    'stop',
    'tfs_z',
    'typical_p'
  ]
]

const fixedOf = (config: OllamaConfig): Fixed => ({
  options: defined({
    ...config.options,
    ...Object.fromEntries(loose.filter((name) => name in config).map((name) => [name, config[name]]))
  }),
  fields: defined({ keep_alive: config.keep_alive, think: config.think })
})

/** The address of a host as Ollama's own clients read it: `box`, `box:80`, `:80`, `https://box/path`. */
function addressOf(host: string): string {
  const whole = /^https?:\/\//.test(host) ? host : `http://${host.replace(/^:/, '127.0.0.1:')}`
  const url = URL.parse(whole)
  if (url && url.port === '' && whole !== host && !/:80(\/|$)/.test(whole)) url.port = '11434'
  return (url?.href ?? host).replace(/\/+$/, '')
}

async function connect(config: OllamaConfig, env: ModelCall['env']): Promise<Connection> {
  const { model, headers } = config
  const address = addressOf(config.host || env.OLLAMA_HOST || '127.0.0.1')
  demandHttp(address, 'host', model)
  // Only who calls such a model waits for what this needs.
  const { ollamaLanguage } = await import('./language.ts')
  const request = livelyFetch(() => connection.alive?.())
  const { username, password, origin } = new URL(address)
  const basic = username && { authorization: `Basic ${btoa(`${username}:${password}`)}` }
  const fetchable = Object.assign(new URL(`${address}/api/chat`), { username: '', password: '' })
  const redirect = config.follow_redirects === false ? 'manual' : 'follow'
  const connection: Connection = {
    language: ollamaLanguage(
      model,
      (init) =>
        request(fetchable, {
          ...init,
          method: 'POST',
          redirect,
          headers: { 'content-type': 'application/json', ...basic, ...headers, ...init.headers }
        }),
      fixedOf(config)
    ),
    place: {
      model,
      origin,
      keyFrom: "the headers in the model's config",
      secrets: secretsOf(address, '', headers)
    },
    account: [address, model].join('\n')
  }
  return connection
}

function formatOf({ response_format, format }: OllamaConfig) {
  const wanted = (format || response_format) ?? null
  if (wanted === null || wanted === '') return null
  if (wanted === 'json' || wanted.type === 'json_object') return { type: 'json' }
  if (wanted.type === 'text') return null
  const { json_schema } = wanted as { json_schema?: { schema?: unknown } }
  return { type: 'json', schema: json_schema?.schema ?? wanted }
}

/** The component type of models that Ollama serves. */
export const ollama: ComponentType<Model, OllamaConfig> = {
  provider: 'autogen_ext.models.ollama.OllamaChatCompletionClient',
  kind: 'model',
  version: 1,
  description: 'A model that Ollama serves.',
  config: () => OllamaConfig,
  create: (config) =>
    sdkModel({
      model: config.model,
      info: abilities(config, ollamaInfo),
      settings: () => defined({ responseFormat: formatOf(config) }),
      style: { names: false, prefixes: false, oneSystemMessage: false, parsedArguments: true },
      ...patience(config),
      connect: (_request, env) => connect(config, env)
    })
}
