import { z } from 'zod'
import type { ComponentType } from '../../machines/component/component.ts'
import type { Tool, ToolContext } from './tool.ts'

const Config = z.looseObject({ name: z.string() })

/**
 * The component type of tools that the operator has registered: a config names one, and holds no code. Give it to a
 * `Registry` to let configs use these tools.
 */
export function registeredTools(tools: readonly Tool[]): ComponentType<Tool, z.infer<typeof Config>> {
  const known = new Map(tools.map((tool) => [tool.schema.name, tool]))
  return {
    provider: 'troupe.tools.RegisteredTool',
    kind: 'tool',
    version: 1,
    description: 'A tool that the operator has registered by name.',
    config: () => Config,
    // Each place gets an object of its own, because each is dumped with its own labels.
    create: ({ name }) => {
      const tool = known.get(name)
      if (tool) return handle(tool)
      throw new Error(
        `No tool is registered as "${name}" (--tools FILE); there are: ${[...known.keys()].join(', ') || 'none'}.`
      )
    }
  }
}

const handle = (tool: Tool): Tool => ({
  schema: tool.schema,
  timeout: tool.timeout,
  ...(tool.needsApproval && {
    needsApproval: (args: unknown, call: ToolContext) => tool.needsApproval!(args, call)
  }),
  run: (args, call) => tool.run(args, call)
})
