import type { z } from 'zod'
import { demandOptions } from '../../../machines/shared/option-names.ts'
import { explain, TroupeError } from '../../../protocol/errors.ts'
import { type HttpParams, McpParams, type SseParams, type StdioParams } from './params.ts'

/** A config without the fields of which nothing is known. */
type Strict<Config> = { [Key in keyof Config as string extends Key ? never : Key]: Config[Key] }

/** An MCP server that is started as a process and spoken to over its standard input and output. */
export interface McpProcess {
  command: string
  args?: string[]
  /** Environment variables of the process besides the few that every program needs. */
  env?: Record<string, string>
  /** The folder in which it runs. */
  cwd?: string
  /** Seconds that an answer may take; 5 unless told. */
  readTimeoutSeconds?: number
}

/** An MCP server behind an address. */
export interface McpAddress {
  url: string
  headers?: Record<string, string>
  /** Streamable HTTP unless told. */
  transport?: 'http' | 'sse'
  /** Seconds that a request may take; 30 unless told, 5 with `sse`. */
  timeout?: number
}

/** Where an MCP server is, in short or in the words of a component file. */
export type McpServer =
  | McpProcess
  | McpAddress
  | Strict<z.input<typeof StdioParams>>
  | Strict<z.input<typeof SseParams>>
  | Strict<z.input<typeof HttpParams>>

/**
 * Reads where a server is. Throws `unknown_option` or `bad_component` where that does not fit; what is in the words of
 * a component file may have fields that are not known here, as AutoGen passes over them.
 */
export function readServer(server: McpServer): McpParams {
  const given = 'type' in server ? server : inConfigWords(server)
  const parsed = McpParams.safeParse(given)
  if (!parsed.success) throw new TroupeError('bad_component', `McpWorkbench: ${explain(parsed.error)}`)
  return parsed.data
}

function inConfigWords(server: McpProcess | McpAddress): Record<string, unknown> {
  if ('command' in server) {
    demandOptions('McpWorkbench', server, ['command', 'args', 'env', 'cwd', 'readTimeoutSeconds'])
    const { readTimeoutSeconds: seconds, ...rest } = server
    return { type: 'StdioServerParams', ...rest, ...(seconds && { read_timeout_seconds: seconds }) }
  }
  demandOptions('McpWorkbench', server, ['url', 'headers', 'transport', 'timeout'])
  const { transport = 'http', ...rest } = server
  return { type: transport === 'sse' ? 'SseServerParams' : 'StreamableHttpServerParams', ...rest }
}
