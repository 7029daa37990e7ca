import { localCodeExecutor } from '../agents/code-executor/local.ts'
import { fileSurfer } from '../agents/file-surfer.ts'
import { Browsers } from '../agents/web-surfer/browsers.ts'
import { webSurfer } from '../agents/web-surfer.ts'
import { type Egress, openEgress } from '../network/egress/egress.ts'
import type { Isolation } from '../shared/isolation.ts'
import { httpTool } from '../tools/http-tool.ts'
import { mcpTools } from '../tools/mcp/tool-adapter.ts'
import { mcpWorkbench } from '../tools/mcp/workbench.ts'
import { functionTool } from '../tools/python/function-component.ts'
import { PythonPool } from '../tools/python/python-pool.ts'
import { registeredTools } from '../tools/registered-tool.ts'
import type { Tool } from '../tools/tool.ts'
import type { AnyType, Registry } from './registry.ts'

/** What the operator lets configs do on this machine. A registry that was not told lets them do nothing of it. */
export interface Permissions {
  /** Commands, perhaps with the arguments that have to come first, by which MCP servers may be started. */
  mcpCommands: readonly string[] | 'any'
  codeExecution: boolean
  /** How code of configs is kept apart from this process, Python functions too. */
  isolation?: Isolation
  /** Whether functions of configs run as Python, and with which interpreter; not at all, where it is not said. */
  python?: { program: string; variables?: readonly string[] }
  /** Tools that configs may name. */
  tools?: readonly Tool[]
  /** Components that configs may name. */
  types?: readonly AnyType[]
  /** Which addresses may be reached; all, where it is not said. */
  egress?: Egress
  /** Where tools leave the files that they make; the folder of this process, where it is not said. */
  output?: string
  /** The folder that a `FileSurfer` reads; none, where it is not said. */
  files?: string
  /** The Chromium for a `MultimodalWebSurfer`; one of the system, where it is not said. */
  browser?: string
  /** Set by who only looks at components: then nothing is refused for what this machine has not. */
  looksOnly?: boolean
}

/** Lets the configs that a registry loads do this much. */
export function permit(registry: Registry, permissions: Permissions): Registry {
  const { mcpCommands, codeExecution, python, browser, files, looksOnly = false } = permissions
  const {
    isolation = usualIsolation,
    tools = [],
    types = [],
    egress = openEgress,
    output = '.'
  } = permissions
  const apart = { ...isolation, network: egress.open }
  registry
    .register(mcpWorkbench(mcpCommands, egress))
    .register(localCodeExecutor(codeExecution, looksOnly ? { ...apart, unsafe: true } : apart))
    .register(webSurfer({ browsers: new Browsers({ browser, egress }), output }))
    .register(fileSurfer(looksOnly ? (files ?? '.') : files))
    .register(httpTool(egress))
    .register(registeredTools(tools))
    .register(
      functionTool({
        registered: new Map(tools.map((tool) => [tool.schema.name, tool])),
        world: { egress, output },
        python: python ? new PythonPool({ ...python, ...apart }) : null
      })
    )
  for (const type of [...mcpTools(mcpCommands, egress), ...types]) registry.register(type)
  return registry
}

/** Nothing is hidden, and nothing runs where it cannot be kept apart. */
const usualIsolation: Isolation = { unsafe: false }
