import type { JsonSchema } from '../../../machines/component/json-schema.ts'
import type { Egress } from '../../network/egress/egress.ts'
import { inArguments, refusal } from '../arguments.ts'
import { type Fit, fitTo } from '../fit.ts'
import { pythonText } from '../http-result.ts'
import type { Tool, ToolCall } from '../tool.ts'

/** What the tools that come with Troupe may use of the world. */
export interface World {
  egress: Egress
  /** The folder in which they leave files. It is made when the first one is written. */
  output: string
}

/** A function that Studio's galleries hold as Python source, written anew: its name, its arguments, what it does. */
export interface BuiltIn {
  name: string
  description: string
  /** The JSON Schema of the arguments, as AutoGen makes it of the Python function. */
  parameters: JsonSchema & { properties: Record<string, unknown> }
  /** Gives what the Python function returns, as JSON. */
  run(args: Record<string, unknown>, call: ToolCall, world: World): unknown
}

/** Milliseconds that a call may take: a search reads several pages. */
const PATIENCE = 120_000

/** A function that comes with Troupe as a tool; `called` is how the config calls and describes it. */
export class BuiltInTool implements Tool {
  readonly schema: Tool['schema']
  readonly timeout = PATIENCE
  readonly #function: BuiltIn
  readonly #world: World
  readonly #fit: Fit

  constructor(builtIn: BuiltIn, world: World, called: { name: string; description?: string }) {
    const { description = builtIn.description, name } = called
    this.schema = { name, description, parameters: builtIn.parameters }
    this.#function = builtIn
    this.#world = world
    this.#fit = fitTo(builtIn.parameters)
  }

  async run(args: unknown, call: ToolCall): Promise<string> {
    const fitted = this.#fit(args)
    if (!fitted.success) throw refusal(inArguments(fitted.error))
    return pythonText(await this.#function.run(fitted.data as Record<string, unknown>, call, this.#world))
  }
}

/** One argument, as AutoGen writes its schema: the name stands for the description that Python does not give. */
export const argument = (name: string, schema: JsonSchema): JsonSchema => ({
  ...schema,
  description: name,
  title: name
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')
})

/** The schema of the arguments; those with a default may be missing. */
export function argumentsOf(properties: Record<string, JsonSchema>): BuiltIn['parameters'] {
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => [name, argument(name, schema)])
    ),
    required: Object.keys(properties).filter((name) => !('default' in properties[name]!)),
    additionalProperties: false
  }
}

/** A schema whose value may be null, and is where it is missing. */
export const orNull = (schema: JsonSchema): JsonSchema => ({
  anyOf: [schema, { type: 'null' }],
  default: null
})
