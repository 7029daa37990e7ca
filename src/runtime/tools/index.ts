import { httpTool } from './http-tool.ts'
import { mcpHost, modelSampler, staticRoots, stdioElicitor } from './mcp/host.ts'
import { mcpTools } from './mcp/tool-adapter.ts'
import { mcpWorkbench } from './mcp/workbench.ts'
import { functionTool } from './python/function-component.ts'
import { registeredTools } from './registered-tool.ts'
import { staticStreamWorkbench, staticWorkbench } from './static-workbench.ts'

/** Every tool and workbench that a config may name; the operator may register others over them. */
export const tools = [
  httpTool(),
  functionTool(),
  mcpHost,
  ...mcpTools([]),
  mcpWorkbench([]),
  modelSampler,
  registeredTools([]),
  staticWorkbench,
  staticRoots,
  staticStreamWorkbench,
  stdioElicitor
] as const
