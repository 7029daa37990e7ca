import { localCodeExecutor } from '../agents/code-executor/local.ts'
import { mcpWorkbench } from '../tools/mcp-workbench.ts'
import type { Registry } from './registry.ts'

/** What the operator lets configs do on this machine. A registry that was not told lets them do nothing of it. */
export interface Permissions {
  /** Commands, perhaps with the arguments that have to come first, by which MCP servers may be started. */
  mcpCommands: readonly string[] | 'any'
  codeExecution: boolean
}

/** Lets the configs that a registry loads do this much. */
export const permit = (registry: Registry, { mcpCommands, codeExecution }: Permissions): Registry =>
  registry.register(mcpWorkbench(mcpCommands)).register(localCodeExecutor(codeExecution))

/** What the flags of a command allow. */
export const permissionsOf = (flags: {
  allowMcpCommand?: readonly string[]
  allowCodeExecution?: boolean
}): Permissions => ({
  mcpCommands: flags.allowMcpCommand ?? [],
  codeExecution: flags.allowCodeExecution ?? false
})
