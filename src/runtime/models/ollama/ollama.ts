import { z } from 'zod'
import type { ComponentType } from '../../../machines/component/component.ts'
import { withoutTrailingSlashes } from '../../shared/trailing-slashes.ts'
import type { Model, ModelCall, ModelRequest } from '../model.ts'
import type { Answer, Attempt, Connection } from '../service/service.ts'
import { abilities, defined, patience, ServiceConfig } from '../service/service-config.ts'
import { serviceModel } from '../service/service-model.ts'
import { beside, wayTo } from '../wire/access.ts'
import { type Place, refused } from '../wire/failures.ts'
import { requestHeaders } from '../wire/headers.ts'
import { PostAddress } from '../wire/post.ts'
import { demandHttp, secretsOf } from '../wire/secrets.ts'
import { OllamaReader } from './answer-reader.ts'
import { ollamaInfo } from './info.ts'
import { type Fixed, type OllamaBody, ollamaBody } from './request.ts'

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
  fields: defined({ keep_alive: config.keep_alive, think: config.think }),
  format: formatOf(config)
})

/** The address of a host as Ollama's own clients read it: `box`, `box:80`, `:80`, `https://box/path`. */
function addressOf(host: string): string {
  const whole = /^https?:\/\//.test(host) ? host : `http://${host.replace(/^:/, '127.0.0.1:')}`
  const url = URL.parse(whole)
  if (url && url.port === '' && whole !== host && !/:80(\/|$)/.test(whole)) url.port = '11434'
  return withoutTrailingSlashes(url?.href ?? host)
}

const wayOf = ({ host }: OllamaConfig, env: ModelCall['env']) =>
  wayTo(env, { address: host, keys: [], addresses: ['OLLAMA_HOST'], home: '127.0.0.1' })

function connect(config: OllamaConfig, env: ModelCall['env']): Connection {
  const { model } = config
  const way = wayOf(config, env)
  const address = addressOf(way.address)
  demandHttp(address, 'host', model)
  const url = new URL(`${address}/api/chat`)
  // A name and password in the operator's address are a key.
  const headers = url.username === '' ? config.headers : beside(way, config.headers)
  const place: Place = {
    model,
    origin: url.origin,
    keyFrom: "the headers in the model's config",
    secrets: secretsOf(address, '', headers)
  }
  return new OllamaConnection({
    ...{ model, place, fixed: fixedOf(config), account: [address, model].join('\n') },
    address: new PostAddress({
      ...{ url, place, headers: requestHeaders({}, headers, url) },
      follows: config.follow_redirects !== false
    })
  })
}

interface OllamaPlace {
  model: string
  place: Place
  account: string
  address: PostAddress
  fixed: Fixed
}

/** A connection to an Ollama server. */
class OllamaConnection implements Connection {
  readonly place: Place
  readonly account: string
  readonly #given: OllamaPlace

  constructor(given: OllamaPlace) {
    this.place = given.place
    this.account = given.account
    this.#given = given
  }

  async ask(request: ModelRequest, attempt: Attempt): Promise<Answer> {
    const { model, fixed, address } = this.#given
    const { alive, onText, onReasoning } = attempt
    const listener = { place: this.place, alive, ...(request.stream && { onText, onReasoning }) }
    const reader = () => new OllamaReader(listener, request.stream)
    let body = ollamaBody(model, request, fixed)
    for (;;) {
      const outcome = await address.post(body, 'application/json', attempt, reader)
      if ('answer' in outcome) return Object.assign(outcome.answer, { sent: body })
      // A model that cannot think is asked without.
      const { status, body: said } = outcome.refusal
      if (status !== 400 || !('think' in body) || !/support thinking/i.test(said))
        throw refused(outcome.refusal, this.place)
      const { think: _, ...rest } = body
      body = rest as OllamaBody
    }
  }
}

function formatOf({ response_format, format }: OllamaConfig): unknown {
  const wanted = (format || response_format) ?? null
  if (wanted === null || wanted === '') return undefined
  if (wanted === 'json' || wanted.type === 'json_object') return 'json'
  if (wanted.type === 'text') return undefined
  const { json_schema } = wanted as { json_schema?: { schema?: unknown } }
  return json_schema?.schema ?? wanted
}

/** The component type of models that Ollama serves. */
export const ollama: ComponentType<Model, OllamaConfig> = {
  provider: 'autogen_ext.models.ollama.OllamaChatCompletionClient',
  aliases: ['OllamaChatCompletionClient', 'ollama_chat_completion_client'],
  kind: 'model',
  version: 1,
  description: 'A model that Ollama serves.',
  config: () => OllamaConfig,
  create: (config) => {
    let last: { host: string | undefined; connection: Connection } | undefined
    return serviceModel({
      model: config.model,
      info: abilities(config, ollamaInfo),
      ...patience(config),
      connect(env) {
        const host = wayOf(config, env).address
        if (!last || last.host !== host) last = { host, connection: connect(config, env) }
        return last.connection
      }
    })
  }
}
