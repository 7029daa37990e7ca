import { pythonFunctionTool } from './function-tool.ts'
import { httpTool } from './http-tool.ts'
import { registeredTools } from './registered-tool.ts'
import { staticStreamWorkbench, staticWorkbench } from './static-workbench.ts'

/** Every tool and workbench that a config may name. */
export const tools = [
  httpTool,
  pythonFunctionTool,
  registeredTools([]),
  staticWorkbench,
  staticStreamWorkbench
] as const
