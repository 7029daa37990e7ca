import { z } from 'zod'
import { type ComponentType, type Nested, remember } from '../../../machines/component/component.ts'
import { inArguments, refusal } from '../../tools/arguments.ts'
import type { Tool, ToolCall } from '../../tools/tool.ts'
import type { CodeExecutor } from './executor.ts'

const Config = (nested: Nested) =>
  z.looseObject({
    executor: nested<CodeExecutor>('code_executor'),
    description: z.string().default('Execute Python code blocks.')
  })
type Config = z.infer<ReturnType<typeof Config>>

const Arguments = z.object({ code: z.string() })

/** Runs Python that a model writes in an executor; what the code prints is the result. */
export class PythonCodeExecutionTool implements Tool {
  readonly schema: Tool['schema']
  readonly #executor: CodeExecutor

  constructor(executor: CodeExecutor, config: Config = { executor, description: usual }) {
    const code = { type: 'string', title: 'Code', description: 'The Python code that is to be run.' }
    this.schema = {
      name: 'CodeExecutor',
      description: config.description,
      parameters: { type: 'object', properties: { code }, required: ['code'], additionalProperties: false }
    }
    this.#executor = executor
    remember(pythonCodeExecutionTool, config, this)
  }

  /** What the code prints, also where it fails: as in AutoGen that is a result and no error. */
  async run(args: unknown, { signal }: ToolCall): Promise<string> {
    const parsed = Arguments.safeParse(args)
    if (!parsed.success) throw refusal(inArguments(parsed.error))
    const { output } = await this.#executor.execute([{ code: parsed.data.code, language: 'python' }], signal)
    return output
  }

  async close(): Promise<void> {
    await this.#executor.stop()
  }
}

const usual = 'Execute Python code blocks.'

/** The component type of the tool that runs Python. */
export const pythonCodeExecutionTool: ComponentType<PythonCodeExecutionTool, Config> = {
  provider: 'autogen_ext.tools.code_execution.PythonCodeExecutionTool',
  kind: 'tool',
  version: 1,
  description: 'Runs Python code that a model writes.',
  config: Config,
  create: (config) => new PythonCodeExecutionTool(config.executor, config)
}
