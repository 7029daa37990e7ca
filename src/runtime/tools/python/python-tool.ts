import { createHash } from 'node:crypto'
import type { ToolSchema } from '../../models/model.ts'
import type { Tool, ToolCall } from '../tool.ts'
import type { PythonPool, Tenant } from './python-pool.ts'
import type { PythonProcess } from './python-process.ts'
import { signatureOf } from './signature.ts'

/** A function as a config holds it. Source: AutoGen's `FunctionToolConfig`. */
export interface PythonFunction {
  name: string
  description: string
  source_code: string
  /** `"os"`, `{module, imports}` or `{name, alias}`. */
  global_imports: readonly unknown[]
}

/** Milliseconds that a call may take, unless the config says otherwise. */
const PATIENCE = 600_000
/** Schemas that are kept, of all tools: to ask for one starts an interpreter. */
const KEPT = 500

const parametersKnown = new Map<string, Record<string, unknown>>()

/** A Python function of a config as a tool. It runs in an interpreter of its own, which is ended with the run. */
export class PythonTool implements Tool, Tenant {
  readonly timeout: number
  readonly #function: PythonFunction
  readonly #pool: PythonPool
  readonly #key: string
  #schema: ToolSchema
  /** Why the function cannot be described, once that was tried. */
  #problem: Error | null = null

  constructor(given: PythonFunction, pool: PythonPool, timeout: number = PATIENCE) {
    this.#function = given
    this.#pool = pool
    this.timeout = timeout
    const { name, description, source_code, global_imports } = given
    this.#key = createHash('sha256')
      .update(JSON.stringify([name, source_code, global_imports]))
      .digest('hex')
    this.#schema = { name, description, parameters: parametersKnown.get(this.#key) ?? guess(source_code) }
  }

  /** Until `describe` has been awaited only the names of the arguments are known. */
  get schema(): ToolSchema {
    return this.#schema
  }

  /** Reads the arguments from the function; rejects where the source or an import fails. */
  async describe(signal: AbortSignal): Promise<void> {
    if (this.#problem) throw this.#problem
    if (parametersKnown.get(this.#key) === this.#schema.parameters) return
    try {
      await this.#pool.use(this, signal, async () => {})
    } catch (error) {
      signal.throwIfAborted()
      this.#problem = error as Error
      throw error
    }
  }

  async run(args: unknown, { signal, env }: ToolCall): Promise<string> {
    // What stands in the environment itself is the user's; what it inherits is the server's.
    const own = env === process.env ? {} : Object.fromEntries(Object.entries(env))
    return this.#pool.use(this, signal, async (interpreter) => {
      const { text = '' } = await interpreter.ask({ op: 'call', args, env: own }, signal)
      return text
    })
  }

  async load(interpreter: PythonProcess, signal: AbortSignal): Promise<void> {
    const { name, source_code, global_imports } = this.#function
    const { schema } = await interpreter.ask(
      { op: 'load', source: source_code, imports: global_imports, name },
      signal
    )
    this.#schema = { ...this.#schema, parameters: schema! }
    if (parametersKnown.size >= KEPT) parametersKnown.delete(parametersKnown.keys().next().value!)
    parametersKnown.set(this.#key, schema!)
  }

  async close(): Promise<void> {
    await this.#pool.release(this)
  }
}

/** What can be said of the arguments without Python: their names. */
const guess = (source: string): ToolSchema['parameters'] => ({
  type: 'object',
  properties: Object.fromEntries(
    (signatureOf(source)?.parameters ?? [])
      .filter((name) => name !== 'cancellation_token')
      .map((name) => [name, { title: name, description: name }])
  ),
  required: [],
  additionalProperties: true
})
