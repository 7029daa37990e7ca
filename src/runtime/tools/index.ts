import { agentToolType, teamToolType } from '../teams/team-tool.ts'
import { pythonFunctionTool } from './function-tool.ts'
import { httpTool } from './http-tool.ts'
import { mcpWorkbench } from './mcp-workbench.ts'
import { registeredTools } from './registered-tool.ts'
import { staticStreamWorkbench, staticWorkbench } from './static-workbench.ts'

/** Every tool and workbench that a config may name; the operator may register others over them. */
export const tools = [
  agentToolType,
  httpTool,
  pythonFunctionTool,
  mcpWorkbench([]),
  registeredTools([]),
  staticWorkbench,
  staticStreamWorkbench,
  teamToolType
] as const
