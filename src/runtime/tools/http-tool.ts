import { z } from 'zod'
import { type ComponentType, remember } from '../../machines/component/component.ts'
import type { JsonSchema } from '../../machines/component/json-schema.ts'
import { explain } from '../../protocol/errors.ts'
import type { ToolSchema } from '../models/model.ts'
import { type Egress, openEgress } from '../network/egress/egress.ts'
import { inArguments } from './arguments.ts'
import { type Fit, fitTo } from './fit.ts'
import { exchange, type HttpRequest } from './http-exchange.ts'
import { jsonResult, pythonText } from './http-result.ts'
import type { Tool, ToolCall } from './tool.ts'

const Config = z.looseObject({
  name: z.string().min(1),
  description: z.string().nullish(),
  scheme: z.enum(['http', 'https']).default('http'),
  host: z.string().min(1),
  port: z.int().min(1).max(65535),
  /** May hold arguments: `/item/{id}`. */
  path: z.string().default('/'),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).nullish().default('POST'),
  headers: z.record(z.string(), z.unknown()).nullish(),
  json_schema: z.record(z.string(), z.unknown()),
  return_type: z.enum(['text', 'json']).nullish().default('text'),
  /** Seconds. */
  timeout: z.number().positive().default(5)
})

/** What an `HttpTool` is made of, in the words of its config; `timeout` is in seconds. */
export type HttpToolOptions = z.input<typeof Config>
type Config = z.output<typeof Config>

/** A web service as a tool: arguments go into the path, the query or a JSON body, the answer's body comes back. */
export class HttpTool implements Tool {
  readonly schema: ToolSchema
  readonly timeout: number
  readonly #config: Config
  readonly #fit: Fit
  readonly #egress: Egress

  constructor(options: HttpToolOptions, egress: Egress = openEgress) {
    const config = Config.parse(options)
    this.schema = {
      name: config.name,
      description: config.description ?? 'HTTP tool',
      parameters: parametersOf(config.json_schema)
    }
    this.timeout = config.timeout * 1000
    this.#config = config
    this.#fit = fitTo(config.json_schema)
    this.#egress = egress
    remember(openHttpTool, config, this)
  }

  async run(args: unknown, { signal, idempotencyKey }: ToolCall): Promise<string> {
    const fitted = this.#fit(args)
    if (!fitted.success) throw new Error(explain(inArguments(fitted.error)))
    const request = requestOf(this.#config, fitted.data as JsonSchema)
    // The status is not looked at: what a service says of a failure is for the model to read.
    const text = await exchange(
      request,
      { 'Idempotency-Key': encodeURI(idempotencyKey) },
      signal,
      this.#egress
    )
    return this.#config.return_type === 'json' ? jsonResult(text) : text
  }
}

// Only what is named may be given, as in the schema that AutoGen makes of it.
const parametersOf = ({ title: _, ...schema }: JsonSchema): JsonSchema => ({
  properties: {},
  required: [],
  additionalProperties: false,
  ...schema,
  type: 'object'
})

const inBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

function requestOf({ scheme, host, port, path, method, headers }: Config, args: JsonSchema): HttpRequest {
  const rest = { ...args }
  const filled = path.replace(/\{([^{}]*)\}/g, (_, name: string) => {
    if (!Object.hasOwn(args, name))
      throw new Error(`The path of the tool wants "${name}", which it is not given.`)
    delete rest[name]
    return segment(name, pythonText(args[name]))
  })
  const verb = method ?? 'POST'
  const url = new URL(`${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`)
  url.pathname = escapePath(filled)
  if (!inBody.has(verb)) url.search = queryOf(rest).toString()
  return {
    url,
    method: verb,
    headers: headers ?? {},
    body: inBody.has(verb) ? JSON.stringify(rest) : undefined
  }
}

// The place that the path names is the operator's choice: a model may not climb out of it.
function segment(name: string, text: string): string {
  if (text.split(/[/\\]/).some((part) => /^(\.|%2e){1,2}$/i.test(part))) {
    throw new Error(`arguments.${name}: "." and ".." may not stand in a path.`)
  }
  return text
}

const escapePath = (path: string) =>
  encodeURI(path)
    .replace(/%25([0-9a-f]{2})/gi, '%$1')
    .replace(/[?#]/g, encodeURIComponent)

function queryOf(args: JsonSchema): URLSearchParams {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(args)) {
    for (const item of Array.isArray(value) ? value : [value]) query.append(key, queryText(item))
  }
  return query
}

const queryText = (value: unknown) => {
  if (value === null) return ''
  return typeof value === 'boolean' ? String(value) : pythonText(value)
}

/** The component type of HTTP tools, which reach what the operator allows. */
export const httpTool = (egress: Egress = openEgress): ComponentType<HttpTool, Config> => ({
  provider: 'autogen_ext.tools.http.HttpTool',
  kind: 'tool',
  version: 1,
  description: 'Calls a web service.',
  config: () => Config,
  create: (config) => new HttpTool(config, egress)
})

const openHttpTool = httpTool()
