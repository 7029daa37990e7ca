import { z } from 'zod'
import { type ComponentType, type Nested, remember } from '../../machines/component/component.ts'
import { TroupeError } from '../../protocol/errors.ts'
import type { ToolSchema } from '../models/model.ts'
import { Guise, Overrides } from './overrides.ts'
import { runTool } from './run-tool.ts'
import type { Tool, ToolCall, ToolOutput, Workbench } from './tool.ts'

const Config = (nested: Nested) =>
  z.looseObject({ tools: z.array(nested<Tool>('tool')).default(() => []), tool_overrides: Overrides })
type Config = z.infer<ReturnType<typeof Config>>

const State = z.looseObject({ tools: z.record(z.string(), z.unknown()).default(() => ({})) })

/** A fixed set of tools. */
export class StaticWorkbench implements Workbench, AsyncDisposable {
  readonly #tools: readonly Tool[]
  readonly #guise: Guise
  #shown: readonly ToolSchema[]

  constructor(tools: readonly Tool[], { toolOverrides = {} }: { toolOverrides?: Overrides } = {}) {
    this.#tools = tools
    const names = tools.map(({ schema }) => schema.name)
    this.#guise = new Guise(toolOverrides, names)
    this.#shown = this.#show()
    remember(staticWorkbench, { tools: [...tools], tool_overrides: toolOverrides }, this)
  }

  /** The tools inside. */
  get tools(): readonly Tool[] {
    return this.#tools
  }

  async listTools(signal: AbortSignal = new AbortController().signal): Promise<readonly ToolSchema[]> {
    if (!this.#tools.some(({ describe }) => describe)) return this.#shown
    // A tool that cannot be described is offered all the same: the result of a call says why.
    await Promise.all(this.#tools.map((tool) => tool.describe?.(signal).catch(() => signal.throwIfAborted())))
    this.#shown = this.#show()
    return this.#shown
  }

  #show(): ToolSchema[] {
    return this.#tools.map(({ schema }) => this.#guise.show(schema))
  }

  needsApproval(name: string, args: Record<string, unknown>, call: ToolCall): boolean | Promise<boolean> {
    return this.#tool(name)?.needsApproval?.(args, call) ?? false
  }

  #tool(name: string): Tool | undefined {
    const original = this.#guise.original(name)
    return this.#tools.find(({ schema }) => schema.name === original)
  }

  async callTool(name: string, args: Record<string, unknown>, call: ToolCall): Promise<ToolOutput> {
    const tool = this.#tool(name)
    return tool ? runTool(tool, args, call) : { content: `Tool ${name} not found.`, isError: true }
  }

  async start(): Promise<void> {}
  async stop(): Promise<void> {
    await Promise.all(this.#tools.map((tool) => tool.close?.()))
  }

  /** The same as `stop`. */
  async close(): Promise<void> {
    await this.stop()
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  saveState(): Record<string, unknown> {
    const states = this.#tools.map((tool) => [tool.schema.name, tool.saveState?.() ?? {}])
    return { type: 'StaticWorkbenchState', tools: Object.fromEntries(states) }
  }
  loadState(state: unknown): void {
    const parsed = State.safeParse(state)
    if (!parsed.success) throw new TroupeError('bad_state', 'The state is not one of a static workbench.')
    for (const tool of this.#tools) {
      const { name } = tool.schema
      if (Object.hasOwn(parsed.data.tools, name)) tool.loadState?.(parsed.data.tools[name])
    }
  }
}

const create = ({ tools, tool_overrides }: Config) =>
  new StaticWorkbench(tools, { toolOverrides: tool_overrides })

/** The component type of static workbenches. */
export const staticWorkbench: ComponentType<StaticWorkbench, Config> = {
  provider: 'autogen_core.tools.StaticWorkbench',
  kind: 'workbench',
  version: 1,
  description: 'A fixed set of tools.',
  config: Config,
  create
}

/** The same under the name that AutoGen gives it when its tools may show what they do. */
export const staticStreamWorkbench: ComponentType<StaticWorkbench, Config> = {
  ...staticWorkbench,
  provider: 'autogen_core.tools.StaticStreamWorkbench'
}
