import { z } from 'zod'
import { inArguments, refusal } from './arguments.ts'
import type { Tool, ToolCall, ToolOutput } from './tool.ts'

/** What makes a function a tool. */
export interface FunctionToolOptions<Parameters extends z.ZodObject> {
  /** Letters, digits, `_` and `-`: the name by which a model calls it. */
  name: string
  description: string
  /** The arguments; what does not fit is told to the model and the function is not called. */
  parameters: Parameters
  /** Gives a text, or a value that is written as JSON. */
  run(args: z.output<Parameters>, call: ToolCall): unknown
  /** Milliseconds. */
  timeout?: number
}

/** Makes a tool of a function. It holds code, so a team that has one cannot be written as JSON. */
export function tool<Parameters extends z.ZodObject>(options: FunctionToolOptions<Parameters>): Tool {
  const { name, description, parameters, run, timeout } = options
  return {
    schema: { name, description, parameters: parametersOf(parameters) },
    timeout,
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
