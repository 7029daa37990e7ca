import { localCodeExecutor } from '../agents/code-executor/local.ts'
import { type Egress, openEgress } from '../shared/egress.ts'
import { httpTool } from '../tools/http-tool.ts'
import { mcpWorkbench } from '../tools/mcp-workbench.ts'
import { functionTool } from '../tools/python/function-component.ts'
import { PythonPool } from '../tools/python/python-pool.ts'
import { registeredTools } from '../tools/registered-tool.ts'
import type { Tool } from '../tools/tool.ts'
import type { Registry } from './registry.ts'

/** What the operator lets configs do on this machine. A registry that was not told lets them do nothing of it. */
export interface Permissions {
  /** Commands, perhaps with the arguments that have to come first, by which MCP servers may be started. */
  mcpCommands: readonly string[] | 'any'
  codeExecution: boolean
  /** Whether functions of configs run as Python, and how; not at all, where it is not said. */
  python?: PythonPermission
  /** Tools that configs may name. */
  tools?: readonly Tool[]
  /** Which addresses may be reached; all, where it is not said. */
  egress?: Egress
  /** Where tools leave the files that they make; the folder of this process, where it is not said. */
  output?: string
}

/** How Python functions of configs are run. */
export interface PythonPermission {
  /** The interpreter. */
  program: string
  /** Whether they run without isolation where the system has none. */
  unsafe: boolean
  /** Folders that look empty to them, such as the one with the database. */
  hidden?: readonly string[]
}

/** Lets the configs that a registry loads do this much. */
export function permit(registry: Registry, permissions: Permissions): Registry {
  const { mcpCommands, codeExecution, python, tools = [], egress = openEgress, output = '.' } = permissions
  return registry
    .register(mcpWorkbench(mcpCommands))
    .register(localCodeExecutor(codeExecution))
    .register(httpTool(egress))
    .register(registeredTools(tools))
    .register(
      functionTool({
        registered: new Map(tools.map((tool) => [tool.schema.name, tool])),
        world: { egress, output },
        python: python ? new PythonPool({ ...python, network: egress.open }) : null
      })
    )
}

/** What the flags of a command allow. */
export interface PermissionFlags {
  allowMcpCommand?: readonly string[]
  allowCodeExecution?: boolean
  allowPythonTools?: boolean
  python?: string
  pythonVenv?: string
  unsafeCodeExecution?: boolean
}

/** What the flags of a command allow; `hidden` are folders that code of configs does not see. */
export const permissionsOf = (flags: PermissionFlags, hidden: readonly string[] = []): Permissions => ({
  mcpCommands: flags.allowMcpCommand ?? [],
  codeExecution: flags.allowCodeExecution ?? false,
  ...(flags.allowPythonTools && { python: pythonOf(flags, hidden) })
})

const pythonOf = (flags: PermissionFlags, hidden: readonly string[]): PythonPermission => ({
  program: flags.pythonVenv ? `${flags.pythonVenv}/bin/python` : (flags.python ?? 'python3'),
  unsafe: flags.unsafeCodeExecution ?? false,
  hidden
})
