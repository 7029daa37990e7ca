import type { ComponentModel } from '../../machines/component/component.ts'
import { tool, workbench } from './parts.ts'

const http = 'autogen_ext.tools.http.HttpTool'

/** A web service without a key. */
export const timeTool: ComponentModel = tool(
  http,
  { label: 'What time is it', description: 'Asks a public service for the time of a time zone.' },
  {
    name: 'time_in',
    description: 'Tells the present time of a time zone such as Europe/Lisbon.',
    scheme: 'https',
    host: 'timeapi.io',
    port: 443,
    path: '/api/time/current/zone',
    method: 'GET',
    headers: {},
    json_schema: {
      type: 'object',
      properties: { timeZone: { type: 'string', description: 'A name of the IANA time zones.' } },
      required: ['timeZone']
    },
    return_type: 'text',
    timeout: 10
  }
)

const ownService = tool(
  http,
  { label: 'A service of yours', description: 'Posts the arguments as JSON to an address of yours.' },
  {
    name: 'my_service',
    description: 'Says here what the service does: the model reads it.',
    scheme: 'http',
    host: 'localhost',
    port: 8000,
    path: '/do',
    method: 'POST',
    headers: {},
    json_schema: {
      type: 'object',
      properties: { query: { type: 'string', description: 'What is asked for.' } },
      required: ['query']
    },
    return_type: 'json',
    timeout: 30
  }
)

/** The tools of the default gallery. */
export const tools: readonly ComponentModel[] = [timeTool, ownService]

const mcp = 'autogen_ext.tools.mcp.McpWorkbench'

/** The workbenches of the default gallery. Processes are started only where the operator allows their command. */
export const workbenches: readonly ComponentModel[] = [
  workbench(
    mcp,
    {
      label: 'MCP server over HTTP',
      description: 'The tools of an MCP server behind an address (streamable HTTP).'
    },
    {
      server_params: {
        type: 'StreamableHttpServerParams',
        url: 'http://localhost:3001/mcp',
        headers: {},
        timeout: 30,
        sse_read_timeout: 300,
        terminate_on_close: true
      }
    }
  ),
  workbench(
    mcp,
    {
      label: 'MCP server over SSE',
      description: 'The tools of an MCP server behind an address (server-sent events).'
    },
    {
      server_params: {
        type: 'SseServerParams',
        url: 'http://localhost:3001/sse',
        headers: {},
        timeout: 5,
        sse_read_timeout: 300
      }
    }
  ),
  workbench(
    'autogen_core.tools.StaticWorkbench',
    { label: 'A fixed set of tools', description: 'Tools that an agent gets together.' },
    { tools: [timeTool] }
  )
]
