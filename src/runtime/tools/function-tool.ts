import { z } from 'zod'
import { demandOptions } from '../../machines/shared/option-names.ts'
import { inArguments, refusal } from './arguments.ts'
import type { Tool, ToolContext, ToolOutput } from './tool.ts'

/** What makes a function a tool. */
export interface ToolOptions<Parameters extends z.ZodObject, Context = unknown> {
  /** 1 to 64 letters, digits, `_` and `-`: the name by which a model calls it. */
  name: string
  /** The description for the model. */
  description: string
  /** The arguments; where they do not fit, the tool result says why and the function is not called. */
  parameters: Parameters
  /** Gives a text, or a value that is written as JSON. What it throws becomes a tool result with `is_error`. */
  run(args: z.output<Parameters>, call: ToolContext<Context>): unknown
  /** Milliseconds after which a call is given up; none unless told. */
  timeout?: number
  /**
   * Whether a person has to approve a call before it is made: all calls, or those of which this is true. A call whose
   * arguments do not fit is refused without that.
   */
  needsApproval?:
    | boolean
    | ((args: z.output<Parameters>, call: ToolContext<Context>) => boolean | Promise<boolean>)
}

const names: readonly (keyof ToolOptions<z.ZodObject>)[] = [
  ...(['name', 'description', 'parameters', 'run', 'timeout', 'needsApproval'] as const)
]

/** Makes a tool of a function. It holds code, so a team that has one cannot be written as JSON. */
export function tool<Parameters extends z.ZodObject, Context = unknown>(
  options: ToolOptions<Parameters, Context>
): Tool<Context> {
  demandOptions('tool', options, names)
  const { name, description, parameters, run, timeout, needsApproval } = options
  if (!/^[\w-]{1,64}$/.test(name))
    throw new Error(`The name of a tool is 1 to 64 letters, digits, _ and -, not "${name}".`)
  return {
    schema: { name, description, parameters: parametersOf(parameters) },
    timeout,
    ...(needsApproval && {
      async needsApproval(args: unknown, call: ToolContext<Context>) {
        const parsed = parameters.safeParse(args)
        if (!parsed.success) return false
        return needsApproval === true || needsApproval(parsed.data, call)
      }
    }),
    async run(args, call) {
      const parsed = parameters.safeParse(args)
      if (!parsed.success) throw refusal(inArguments(parsed.error))
      return textOf(await run(parsed.data, call))
    }
  }
}

function parametersOf(parameters: z.ZodObject): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(parameters, { io: 'input' })
  return { additionalProperties: false, ...schema }
}

function textOf(value: unknown): string | ToolOutput {
  if (typeof value === 'string') return value
  if (isOutput(value)) return value
  return value === undefined ? '' : JSON.stringify(value)
}

const isOutput = (value: unknown): value is ToolOutput =>
  typeof value === 'object' && value !== null && 'isError' in value && 'content' in value
